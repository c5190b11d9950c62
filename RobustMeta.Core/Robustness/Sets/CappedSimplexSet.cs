using System.Numerics;
using System.Runtime.InteropServices;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The probability weights of at most 1/(α n): the worst loss is the conditional value at risk, the mean of the largest
/// fraction α of the losses (Rockafellar and Uryasev, J. Risk 2000). With α n ≤ 1 the set is the simplex, with α = 1 it is
/// uniform.
/// </summary>
/// <param name="fraction">α, in (0, 1].</param>
/// <exception cref="Settings.SettingException">The fraction is not in (0, 1].</exception>
public sealed class CappedSimplexSet(double fraction)
    : MirrorSet(
        "cvar",
        RequireSize(fraction, 0, false, 1, "fraction of a CVaR, above 0 and up to 1"),
        size => new CappedSimplexSet(size)
    )
{
    // Beyond this the differences of the weights lose digits to their size.
    private const double LargestThreshold = 1024;

    /// <summary>The worst half.</summary>
    public CappedSimplexSet()
        : this(0.5) { }

    /// <summary>α.</summary>
    public double Fraction => fraction;

    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <summary>
    /// inf over ξ of ξ + mean(L − ξ)₊ / α. The function is piecewise linear and convex; its minimum is at a loss.
    /// </summary>
    protected override double DualValueCore(ReadOnlySpan<double> losses)
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
    protected override bool ContainsCore(ReadOnlySpan<double> weights, double tolerance)
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
    protected override void MirrorProjectCore(Span<double> weights)
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
        if (!(Math.Abs(threshold) <= LargestThreshold))
        {
            // The threshold is within a cap below the k-th largest value, k = ⌈1/cap⌉.
            using var scratch = new Scratch(weights.Length);
            weights.CopyTo(scratch.Values);
            var place = weights.Length - Math.Min(weights.Length, (int)Math.Ceiling(1 / cap));
            SimplexProjection.Around(weights, OrderStatistic.At(scratch.Values, place), cap);
            threshold = CappedThreshold.Of(weights, cap);
        }
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
        var budget = Math.Max(fraction * n, 1);
        var threshold = OrderStatistic.At(weights, n - (int)Math.Min(n, Math.Ceiling(budget)));
        var (above, ties) = Compare(losses, threshold);
        var (full, shared) = (1 / budget, (budget - above) / budget / ties);
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(losses);
        var targets = MemoryMarshal.Cast<double, Vector<double>>(weights);
        var level = new Vector<double>(threshold);
        for (var i = 0; i < vectors.Length; i++)
        {
            targets[i] = Vector.ConditionalSelect(
                Vector.GreaterThan(vectors[i], level),
                new Vector<double>(full),
                Vector.ConditionalSelect(
                    Vector.Equals(vectors[i], level),
                    new Vector<double>(shared),
                    Vector<double>.Zero
                )
            );
        }
        for (var i = vectors.Length * Vector<double>.Count; i < n; i++)
        {
            weights[i] =
                losses[i] > threshold ? full
                : losses[i] == threshold ? shared
                : 0;
        }
    }

    // How many losses are above a threshold, and how many at it.
    private static (long Above, long Ties) Compare(ReadOnlySpan<double> losses, double threshold)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(losses);
        var level = new Vector<double>(threshold);
        // A comparison that holds is −1.
        var (above, ties) = (Vector<long>.Zero, Vector<long>.Zero);
        foreach (var vector in vectors)
        {
            above -= Vector.GreaterThan(vector, level);
            ties -= Vector.Equals(vector, level);
        }
        var (higher, equal) = (Vector.Sum(above), Vector.Sum(ties));
        foreach (var loss in losses[(vectors.Length * Vector<double>.Count)..])
        {
            higher += loss > threshold ? 1 : 0;
            equal += loss == threshold ? 1 : 0;
        }
        return (higher, equal);
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

    private double Cap(int n) => 1 / Math.Max(fraction * n, 1);
}
