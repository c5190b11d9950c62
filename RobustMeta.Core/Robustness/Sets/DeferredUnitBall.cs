using System.Numerics.Tensors;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// Weights in the non-negative part of the ball {w ≥ 0, Σw² ≤ n}. The projection scales all weights alike, so that each is kept
/// divided by the product of all factors, and the sum of squares is carried along. A step of B weights takes O(B).
/// </summary>
internal sealed class DeferredUnitBall : DeferredWeights
{
    // Below this, quotients could leave the range of numbers.
    private const double LeastScale = 1e-100;

    private double[] quotients = [];
    private double scale;
    private double squares;

    /// <inheritdoc/>
    public override int Count => quotients.Length;

    /// <inheritdoc/>
    public override double this[int place] => quotients[place] * scale;

    /// <inheritdoc/>
    public override void Load(ReadOnlySpan<double> weights)
    {
        if (quotients.Length != weights.Length)
        {
            quotients = new double[weights.Length];
        }
        weights.CopyTo(quotients);
        scale = 1;
        squares = TensorPrimitives.SumOfSquares<double>(quotients);
    }

    /// <inheritdoc/>
    public override bool TryMove(ReadOnlySpan<int> places, ReadOnlySpan<double> moved)
    {
        var sum = squares;
        for (var i = 0; i < places.Length; i++)
        {
            var (before, after) = (this[places[i]], Math.Max(moved[i], 0));
            sum += after * after - before * before;
        }
        var factor = sum > Count ? Math.Sqrt(Count / sum) : 1;
        if (!double.IsFinite(sum))
        {
            return false;
        }
        if (scale * factor < LeastScale)
        {
            // After hundreds of steps that each lead far out.
            TensorPrimitives.Multiply(quotients, scale, quotients);
            scale = 1;
        }
        for (var i = 0; i < places.Length; i++)
        {
            quotients[places[i]] = Math.Max(moved[i], 0) / scale;
        }
        scale *= factor;
        squares = Math.Min(sum, Count);
        return true;
    }
}
