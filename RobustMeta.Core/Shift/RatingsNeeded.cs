using System.Globalization;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>How many ratings a test user needs to be measured, and the settings that let users with fewer take part.</summary>
public static class RatingsNeeded
{
    // Of the ratings outside the support, as far as a query can take them and leave some to choose from.
    private const double UsualFraction = 0.5;

    /// <summary>Fewest ratings outside the support from which a query can be drawn; null where none is enough.</summary>
    /// <param name="minimumQuery">Shortest query: one more than the metrics' largest cut-off.</param>
    /// <param name="poolFraction">Largest fraction of these ratings that a query takes (<c>testPoolFraction</c>).</param>
    /// <param name="longestQuery">Longest query (<c>testQueryLength</c>).</param>
    public static int? Pool(int minimumQuery, double poolFraction, int longestQuery)
    {
        if (longestQuery < minimumQuery)
        {
            return null;
        }
        var pool = minimumQuery;
        while ((int)(poolFraction * pool) < minimumQuery)
        {
            pool++;
        }
        return pool;
    }

    /// <summary>Fewest ratings of a user whose pool has a length; null where no user's has.</summary>
    /// <param name="split">How ratings become tasks.</param>
    /// <param name="pool">Ratings outside the support.</param>
    public static int? OfUser(TaskSplitSpec split, int pool)
    {
        ArgumentNullException.ThrowIfNull(split);
        if (split.SupportRule == SupportRule.AllButQuery)
        {
            return split.QueryLength >= pool ? Math.Max(split.MinRatings, split.QueryLength + 1) : null;
        }
        if (split.PoolLength < pool)
        {
            return null;
        }
        var ratings = Math.Max(split.MinRatings, pool + 1);
        while (ratings - Math.Min(split.SupportSize, ratings / 2) < pool)
        {
            ratings++;
        }
        return ratings;
    }

    /// <summary>
    /// Settings with which users of so many ratings are trained on and measured, e.g.
    /// <c>supportSize 5 testPoolFraction 0.74</c>: a quarter of the ratings for the support, and a smaller cut-off only where
    /// a query of the usual one is longer than the rest. Empty where there are fewer than four ratings.
    /// </summary>
    /// <param name="ratings">Ratings of a user.</param>
    /// <param name="cutoff">The metrics' largest cut-off.</param>
    /// <param name="label">What is predicted.</param>
    public static string Settings(int ratings, int cutoff, LabelKind label)
    {
        const int fewest = 4;
        if (ratings < fewest)
        {
            return "";
        }
        var usual = new TaskSplitSpec();
        var support = Math.Min(usual.SupportSize, ratings / 4);
        var pool = ratings - support;
        var words = new List<string>();
        if (ratings < usual.MinRatings)
        {
            words.Add($"minRatings {ratings}");
        }
        if (support < usual.SupportSize)
        {
            words.Add($"supportSize {support}");
        }
        // Three quarters of the pool leave a quarter to shift by.
        var reachable = Math.Max(1, Math.Min(cutoff, (int)(0.75 * pool) - 1));
        var fraction = Math.Min(1, Math.Ceiling(100.0 * (reachable + 1) / pool) / 100);
        if (fraction > UsualFraction)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"testPoolFraction {fraction}"));
        }
        if (reachable < cutoff)
        {
            words.Add(
                label == LabelKind.Click
                    ? $"metrics NDCG@{reachable},AUC,LogLoss selection NDCG@{reachable}"
                    : $"metrics NDCG@{reachable},MAE,RMSE"
            );
        }
        return string.Join(' ', words);
    }
}
