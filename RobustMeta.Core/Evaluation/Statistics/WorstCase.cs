using RobustMeta.Robustness;

namespace RobustMeta.Evaluation;

/// <summary>
/// The worst shifted mean of a per-user metric or loss, without sampling a test set: users are weighted by the exact best
/// response of an ambiguity set.
/// </summary>
/// <param name="Radius">Size of the set; NaN for a set of one size.</param>
/// <param name="Mean">Worst weighted mean over the set.</param>
/// <param name="EffectiveSampleFraction">Effective sample fraction of the weights that reach it, 1/(n Σ w²), in (0, 1].</param>
public sealed record WorstCase(double Radius, double Mean, double EffectiveSampleFraction)
{
    /// <summary>The worst case over one set, in the simplex.</summary>
    /// <param name="values">Value of each test user; at least one.</param>
    /// <param name="higherIsBetter">Direction: false for a loss.</param>
    /// <param name="set">The weightings of users that are thought of, e.g. <c>kl 0.1</c>.</param>
    /// <exception cref="StatisticsInputException">There is no value, or one is not finite.</exception>
    public static WorstCase Of(IReadOnlyList<double> values, bool higherIsBetter, AmbiguitySet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        StatisticsInputException.RequireFinite(values, 1, nameof(values));
        double[] losses = [.. values.Select(value => higherIsBetter ? -value : value)];
        var weights = new double[losses.Length];
        set.BestResponse(losses, weights);
        var total = weights.Sum();
        var squares = weights.Sum(w => w * w);
        return new(
            set.Size ?? double.NaN,
            weights.Zip(values).Sum(user => user.First * user.Second) / total,
            total * total / squares / weights.Length
        );
    }

    /// <summary>The worst case as a curve over sets, e.g. one kind at growing radii.</summary>
    /// <param name="values">Value of each test user.</param>
    /// <param name="higherIsBetter">Direction.</param>
    /// <param name="sets">The sets.</param>
    public static IReadOnlyList<WorstCase> Curve(
        IReadOnlyList<double> values,
        bool higherIsBetter,
        IEnumerable<AmbiguitySet> sets
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(sets);
        return [.. sets.Select(set => Of(values, higherIsBetter, set))];
    }
}
