using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>
/// Statistics of users from their support sets alone, so that new users have them, too:
/// log length, mean log popularity of the items, mean and spread of the labels; each standardised over the users.
/// </summary>
internal static class UserStatistics
{
    public static ImmutableArray<double[]> Of(TaskBatch users, ImmutableArray<double> popularity)
    {
        var raw = new double[users.Count][];
        for (var u = 0; u < users.Count; u++)
        {
            var items = users.SupportItems[users.SupportRange(u)];
            var labels = users.SupportLabels[users.SupportRange(u)];
            var mean = labels.Average(y => (double)y);
            raw[u] =
            [
                Math.Log(1 + items.Length),
                items.Average(item => Math.Log(1 + popularity[item])),
                mean,
                Math.Sqrt(labels.Average(y => (y - mean) * (y - mean))),
            ];
        }
        return Standardised(raw);
    }

    private static ImmutableArray<double[]> Standardised(double[][] rows)
    {
        for (var k = 0; k < rows[0].Length; k++)
        {
            var mean = rows.Average(row => row[k]);
            var deviation = Math.Sqrt(rows.Average(row => (row[k] - mean) * (row[k] - mean)));
            foreach (var row in rows)
            {
                row[k] = deviation > 1e-12 ? (row[k] - mean) / deviation : 0;
            }
        }
        return [.. rows];
    }
}
