using System.Numerics.Tensors;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The non-negative part of the Euclidean unit ball {w ≥ 0, ‖w‖ ≤ 1}, the set of the paper's first version. Its uniform
/// member is 1/√n. For losses that are all negative the best response is zero.
/// </summary>
public sealed class UnitBallSet() : AmbiguitySet("unit-ball")
{
    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1 / Math.Sqrt(n);

    /// <inheritdoc/>
    protected override double DualValueCore(ReadOnlySpan<double> losses)
    {
        double squares = 0;
        foreach (var loss in losses)
        {
            squares += Math.Max(loss, 0) * Math.Max(loss, 0);
        }
        return Math.Sqrt(squares);
    }

    /// <inheritdoc/>
    protected override bool ContainsCore(ReadOnlySpan<double> weights, double tolerance)
    {
        double squares = 0;
        foreach (var weight in weights)
        {
            squares += weight * weight;
            if (weight < -tolerance)
            {
                return false;
            }
        }
        return squares <= 1 + tolerance;
    }

    internal override DeferredWeights Defer() => new DeferredUnitBall();

    /// <inheritdoc/>
    protected override void ProjectCore(Span<double> weights)
    {
        // Cone first, then ball: exact, since the ball is centred at the cone's apex. What is outside the ball by orders of
        // magnitude is scaled down before, where its square is no number.
        TensorPrimitives.Max(weights, 0, weights);
        var squares = TensorPrimitives.SumOfSquares<double>(weights);
        if (!double.IsFinite(squares))
        {
            FiniteValues.Divide(weights, FiniteValues.Unit(weights), weights);
            squares = TensorPrimitives.SumOfSquares<double>(weights);
        }
        if (squares > 1)
        {
            TensorPrimitives.Multiply(weights, 1 / Math.Sqrt(squares), weights);
        }
    }

    /// <inheritdoc/>
    protected override void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights)
    {
        var norm = DualValueCore(losses);
        for (var i = 0; i < losses.Length; i++)
        {
            weights[i] = norm > 0 ? Math.Max(losses[i], 0) / norm : 0;
        }
    }
}
