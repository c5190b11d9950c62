using RobustMeta.Evaluation;
using RobustMeta.Models;

namespace RobustMeta.Experiments;

/// <summary>Methods measured on the same test sets.</summary>
/// <param name="Prepared">The data side.</param>
/// <param name="Rows">One row per method, test set, user and metric; names of methods are unique.</param>
public sealed record Comparison(PreparedExperiment Prepared, IReadOnlyList<UserResult> Rows)
{
    /// <summary>Name of the axis of the shift, e.g. <c>beta</c>.</summary>
    public string Axis => Prepared.Spec.Shift.AxisName;

    /// <summary>Coordinate of a test set on that axis.</summary>
    /// <param name="testSet">Number of the test set.</param>
    public double Coordinate(int testSet) => Prepared.TestSets[testSet].Coordinate;

    /// <summary>Means over users of one metric, methods in order of appearance.</summary>
    /// <param name="metric">Name of the metric, e.g. <c>NDCG@10</c>.</param>
    public IEnumerable<(string Method, int TestSet, double Mean)> Means(string metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return Rows.Where(row => row.Metric == metric)
            .GroupBy(row => (row.Method, row.TestSet))
            .Select(group => (group.Key.Method, group.Key.TestSet, group.Average(row => row.Value)));
    }

    /// <summary>The same rows by the seed of their split; a comparison of one seed has one group.</summary>
    public IReadOnlyList<(long Seed, IReadOnlyList<UserResult> Rows)> BySeed { get; init; } =
    [(Prepared.Spec.Seed, Rows)];

    /// <summary>
    /// Means of all metrics with their intervals, methods and metrics in order of appearance. A user counts once for each
    /// seed that tests the user.
    /// </summary>
    public IReadOnlyList<MetricMean> Means() => MetricMean.Of(Rows);

    /// <summary>Paired differences of a method to another on every test set.</summary>
    /// <param name="metric">Name of the metric, e.g. <c>NDCG@10</c>.</param>
    /// <param name="method">Name of the method in <see cref="Rows"/>.</param>
    /// <param name="reference">Name of the method that it is compared with.</param>
    /// <param name="keep">The users that count; null for all.</param>
    public IReadOnlyList<TestSetDifference> Differences(
        string metric,
        string method,
        string reference,
        Func<string, bool>? keep = null
    )
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(reference);
        return TestSetDifference.Of(BySeed, metric, method, reference, keep);
    }

    /// <summary>Comparisons of the same methods under several seeds as one.</summary>
    /// <param name="seeds">At least one; their seeds differ.</param>
    public static Comparison Over(IReadOnlyList<Comparison> seeds)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        return new(seeds[0].Prepared, [.. seeds.SelectMany(seed => seed.Rows)])
        {
            BySeed = [.. seeds.SelectMany(seed => seed.BySeed)],
        };
    }

    /// <summary>
    /// The results of specs, each under a name of its own, with the baselines that the data side names beside them. A spec that is
    /// given twice is one method, and a baseline that is one of the specs is not measured again.
    /// </summary>
    /// <param name="prepared">The data side that all specs share.</param>
    /// <param name="specs">The methods.</param>
    /// <param name="resultsOf">Fits and measures a method, or reads its results.</param>
    public static Comparison Of(
        PreparedExperiment prepared,
        IEnumerable<ExperimentSpec> specs,
        Func<ExperimentSpec, IReadOnlyList<UserResult>> resultsOf
    )
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(specs);
        ArgumentNullException.ThrowIfNull(resultsOf);
        var methods = specs.DistinctBy(spec => spec.Hash).ToList();
        var names = MethodNames.Of(methods);
        var rows = new List<UserResult>();
        for (var i = 0; i < methods.Count; i++)
        {
            rows.AddRange(resultsOf(methods[i]).Select(row => row with { Method = names[i] }));
        }
        foreach (var baseline in prepared.NamedBaselines)
        {
            if (!methods.Any(spec => spec.Method.Equals(baseline)))
            {
                var name = names.Contains(baseline.DisplayName)
                    ? $"{baseline.DisplayName} (defaults)"
                    : baseline.DisplayName;
                rows.AddRange(prepared.Evaluate(new NamedPredictor(name, prepared.Fit(baseline))));
            }
        }
        return new(prepared, rows);
    }
}
