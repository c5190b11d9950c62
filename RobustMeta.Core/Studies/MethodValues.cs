using RobustMeta.Evaluation;

namespace RobustMeta.Studies;

/// <summary>Values of one method on one seed: by metric and test set, one per user of a cohort, NaN where there is none.</summary>
public sealed class MethodValues
{
    private readonly Dictionary<(string Metric, int TestSet), double[]> values = [];

    /// <summary>The rows of one method as arrays over a cohort; rows of other users are left out.</summary>
    /// <param name="cohort">The users.</param>
    /// <param name="rows">The method's rows, read once.</param>
    public MethodValues(Cohort cohort, IEnumerable<UserResult> rows)
    {
        ArgumentNullException.ThrowIfNull(cohort);
        ArgumentNullException.ThrowIfNull(rows);
        var index = cohort.Users.Select((user, i) => (user, i)).ToDictionary();
        foreach (var row in rows)
        {
            var key = (row.Metric, row.TestSet);
            if (!values.TryGetValue(key, out var own))
            {
                own = new double[cohort.Users.Count];
                Array.Fill(own, double.NaN);
                values.Add(key, own);
            }
            if (index.TryGetValue(row.User, out var i))
            {
                own[i] = row.Value;
            }
        }
    }

    /// <summary>Names of the metrics that were measured, in order of first appearance.</summary>
    public IEnumerable<string> Metrics => values.Keys.Select(key => key.Metric).Distinct();

    /// <summary>Whether a metric was measured on a test set.</summary>
    public bool Has(string metric, int testSet) => values.ContainsKey((metric, testSet));

    /// <summary>The users' values of a metric on a test set.</summary>
    public double[] Of(string metric, int testSet) => values[(metric, testSet)];
}
