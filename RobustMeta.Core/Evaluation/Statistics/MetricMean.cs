namespace RobustMeta.Evaluation;

/// <summary>Mean over users of one metric of one method on one test set.</summary>
/// <param name="Method">The method.</param>
/// <param name="TestSet">Number of the test set.</param>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Interval">The mean with its 95 % Student interval over users; its count is that of the users.</param>
public sealed record MetricMean(string Method, int TestSet, string Metric, Interval Interval)
{
    /// <summary>Means per method, test set and metric, in order of first appearance.</summary>
    /// <param name="rows">One row per method, test set, user and metric.</param>
    public static IReadOnlyList<MetricMean> Of(IEnumerable<UserResult> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return
        [
            .. rows.GroupBy(row => (row.Method, row.TestSet, row.Metric))
                .Select(group => new MetricMean(
                    group.Key.Method,
                    group.Key.TestSet,
                    group.Key.Metric,
                    Significance.StudentInterval([.. group.Select(row => row.Value)])
                )),
        ];
    }
}
