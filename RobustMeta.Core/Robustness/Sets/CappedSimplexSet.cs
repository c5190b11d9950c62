using System.Numerics;
using System.Runtime.InteropServices;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The probability weights of at most 1/(α n): the worst loss is the conditional value at risk, the mean of the largest
/// share α of the losses (Rockafellar and Uryasev, J. Risk 2000). With α n ≤ 1 the set is the simplex, with α = 1 it is
/// uniform.
/// </summary>
/// <param name="Share">α, in (0, 1].</param>
/// <exception cref="Settings.SettingException">The share is not in (0, 1].</exception>
public sealed record CappedSimplexSet(double Share = 0.5) : AmbiguitySet, IMirrorSet
{
    /// <summary>α.</summary>
    public double Share { get; } = RequireSize(Share, 0, false, 1, "share of a CVaR, above 0 and up to 1");

    /// <inheritdoc/>
    public override string Keyword => "cvar";

    /// <inheritdoc/>
    public override double? Size => Share;

    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <summary>
    /// inf over ξ of ξ + mean(L − ξ)₊ / α. The function is piecewise linear and convex; its minimum is at a loss.
    /// </summary>
    public override double DualValue(ReadOnlySpan<double> losses)
    {
        using var scratch = new Scratch(losses.Length);
        var sorted = scratch.Values;
        losses.CopyTo(sorted);
        sorted.Sort();
        var cap = Cap(losses.Length);
        var lowest = double.PositiveInfinity;
        double above = 0;
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            above += sorted[i];
            lowest = Math.Min(lowest, sorted[i] + cap * (above - (sorted.Length - i) * sorted[i]));
        }
        return lowest;
    }

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<double> weights, double tolerance)
    {
        foreach (var weight in weights)
        {
            if (weight > Cap(weights.Length) + tolerance)
            {
                return false;
            }
        }
        return SimplexSet.IsMember(weights, tolerance);
    }

    /// <summary>
    /// As in the Euclidean case the largest weights sit at the cap; the others keep their proportions, p = min(s q, cap).
    /// </summary>
    public void MirrorProject(Span<double> weights)
    {
        var cap = Cap(weights.Length);
        // Scaling all to sum one pushes some above the cap; with those at the cap the others grow, until none is above.
        // The capped set only grows, so the passes end.
        var (capped, rest) = Above(weights, double.PositiveInfinity);
        var threshold = cap * rest;
        var left = 1.0;
        while (true)
        {
            var (count, free) = Above(weights, threshold);
            if (count <= capped)
            {
                break;
            }
            (capped, rest) = (count, free);
            left = Math.Max(1 - capped * cap, 0);
            if (left < 1e-15)
            {
                break;
            }
            threshold = Math.Min(threshold, cap * rest / left);
        }
        foreach (ref var weight in weights)
        {
            weight =
                weight > threshold ? cap
                : rest > 0 ? Math.Min(weight / rest * left, cap)
                // Only zeros are left over and cannot keep proportions: they share what the caps leave.
                : left / (weights.Length - capped);
        }
    }

    /// <inheritdoc/>
    protected override void ProjectCore(Span<double> weights)
    {
        var cap = Cap(weights.Length);
        var threshold = CappedThreshold.Of(weights, cap);
        foreach (ref var weight in weights)
        {
            weight = Math.Clamp(weight - threshold, 0, cap);
        }
    }

    /// <inheritdoc/>
    protected override void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights)
    {
        var n = losses.Length;
        losses.CopyTo(weights);
        // The loss at which the budget of 1 runs out, when the largest losses take the cap each.
        var budget = Math.Max(Share * n, 1);
        var threshold = Selection.At(weights, n - (int)Math.Min(n, Math.Ceiling(budget)));
        var (above, ties) = (0, 0);
        foreach (var loss in losses)
        {
            above += loss > threshold ? 1 : 0;
            ties += loss == threshold ? 1 : 0;
        }
        for (var i = 0; i < n; i++)
        {
            weights[i] =
                losses[i] > threshold ? 1 / budget
                : losses[i] == threshold ? (budget - above) / budget / ties
                : 0;
        }
    }

    // How many weights are above a threshold, and the sum of the others.
    private static (double Count, double Others) Above(ReadOnlySpan<double> weights, double threshold)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(weights);
        var (counts, sums, level) = (Vector<double>.Zero, Vector<double>.Zero, new Vector<double>(threshold));
        foreach (var vector in vectors)
        {
            var above = Vector.GreaterThan(vector, level);
            counts += Vector.ConditionalSelect(above, Vector<double>.One, Vector<double>.Zero);
            sums += Vector.ConditionalSelect(above, Vector<double>.Zero, vector);
        }
        var (count, sum) = (Vector.Sum(counts), Vector.Sum(sums));
        foreach (var weight in weights[(vectors.Length * Vector<double>.Count)..])
        {
            count += weight > threshold ? 1 : 0;
            sum += weight > threshold ? 0 : weight;
        }
        return (count, sum);
    }

    private double Cap(int n) => 1 / Math.Max(Share * n, 1);
}
