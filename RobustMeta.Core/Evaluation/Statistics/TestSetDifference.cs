namespace RobustMeta.Evaluation;

/// <summary>The difference between two methods on one test set.</summary>
/// <param name="TestSet">Number of the test set.</param>
/// <param name="Comparison">All that the paired differences say.</param>
/// <param name="Interval">Mean difference, method minus reference, with its 95 % bootstrap interval over users.</param>
/// <param name="Corrected">Two-sided Wilcoxon p-value over users, Holm-corrected over the test sets.</param>
public sealed record TestSetDifference(int TestSet, PairedComparison Comparison, Interval Interval, double Corrected)
{
    /// <summary>
    /// Differences on every test set on which some user has a value of both methods. A user whom several seeds test is one
    /// user, with the mean of the seeds' differences.
    /// </summary>
    /// <param name="seeds">Results by seed: one row per method, test set, user and metric.</param>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="method">The method.</param>
    /// <param name="reference">The method that it is compared with.</param>
    /// <param name="keep">The users that count; null for all.</param>
    public static IReadOnlyList<TestSetDifference> Of(
        IEnumerable<(long Seed, IReadOnlyList<UserResult> Rows)> seeds,
        string metric,
        string method,
        string reference,
        Func<string, bool>? keep = null
    )
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(reference);
        var paired = new SortedDictionary<int, List<SeedDifferences>>();
        foreach (var (seed, rows) in seeds)
        {
            foreach (
                var set in rows.Where(row => row.Metric == metric && keep?.Invoke(row.User) != false)
                    .GroupBy(row => row.TestSet)
            )
            {
                var pairs = SeedDifferences.Pair(seed, ValuesOf(set, method), ValuesOf(set, reference));
                if (pairs.Users.Count > 0)
                {
                    paired.TryAdd(set.Key, []);
                    paired[set.Key].Add(pairs);
                }
            }
        }
        var compared = paired.Select(set => (Set: set.Key, Comparison: PairedComparison.Of(set.Value))).ToList();
        var corrected = Significance.Holm([.. compared.Select(set => set.Comparison.WilcoxonP)]);
        return
        [
            .. compared.Select(
                (set, i) =>
                    new TestSetDifference(
                        set.Set,
                        set.Comparison,
                        set.Comparison.Bootstrap(BootstrapLevel.Users, set.Set).Interval,
                        corrected[i]
                    )
            ),
        ];
    }

    private static IEnumerable<(string User, double Value)> ValuesOf(IEnumerable<UserResult> rows, string method) =>
        rows.Where(row => row.Method == method).Select(row => (row.User, row.Value));
}
