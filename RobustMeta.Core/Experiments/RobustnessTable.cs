using System.Collections.Immutable;
using RobustMeta.Evaluation;
using RobustMeta.Robustness;
using RobustMeta.Runtime;
using RobustMeta.Shift;

namespace RobustMeta.Experiments;

/// <summary>Statistics of robustness from a run's per-user results, metric by metric, as CSV text.</summary>
internal static class RobustnessTable
{
    private static readonly double[] Fractions = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    private static readonly ImmutableArray<double> Radii = [0.01, 0.03, 0.1, 0.3, 1];

    /// <summary>
    /// One row a statistic: over the test sets where its test set is empty, else over the users of that set; <c>at</c> is the
    /// fraction of a CVaR or the radius of a KL ball.
    /// </summary>
    public static string Text(PreparedExperiment prepared, IReadOnlyList<UserResult> users)
    {
        var rows = users
            .GroupBy(row => row.Metric)
            .SelectMany(own =>
                Rows(prepared, Metric.Parse(own.Key), own.ToLookup(row => row.TestSet, row => row.Value))
            );
        return CsvText.Table(["metric", "testset", "statistic", "at", "value"], rows);
    }

    private static IEnumerable<IEnumerable<object?>> Rows(
        PreparedExperiment prepared,
        Metric metric,
        ILookup<int, double> bySet
    )
    {
        ShiftedTestSet[] sets = [.. prepared.TestSets.Where(set => bySet.Contains(set.Number))];
        var over = Degradation.Of(
            [.. sets.Select(set => set.Coordinate)],
            [.. sets.Select(set => set.Users.KullbackLeibler + set.Interactions.KullbackLeibler)],
            [.. sets.Select(set => bySet[set.Number].Average())],
            metric.HigherIsBetter
        );
        foreach (var property in typeof(Degradation).GetProperties().Where(p => p.PropertyType == typeof(double)))
        {
            var name = char.ToLowerInvariant(property.Name[0]) + property.Name[1..];
            yield return [metric.Name, null, name, null, property.GetValue(over)];
        }
        foreach (var set in sets)
        {
            double[] values = [.. bySet[set.Number]];
            // The worst off are those with the lowest values, or the highest of an error.
            var sign = metric.HigherIsBetter ? 1 : -1;
            double[] merits = [.. values.Select(value => sign * value)];
            foreach (var (fraction, mean) in TailStatistics.Curve(merits, Fractions))
            {
                yield return [metric.Name, set.Number, "cvar", fraction, sign * mean];
            }
            yield return [metric.Name, set.Number, "iqm", null, TailStatistics.InterquartileMean(values)];
            if (values.All(value => value >= 0))
            {
                yield return [metric.Name, set.Number, "gini", null, TailStatistics.Gini(values)];
            }
            foreach (var radius in Radii)
            {
                var ball = AmbiguitySet.Parse(FormattableString.Invariant($"kl {radius}"));
                var worst = WorstCase.Of(values, metric.HigherIsBetter, ball);
                yield return [metric.Name, set.Number, "worstCaseKl", radius, worst.Mean];
            }
        }
    }
}
