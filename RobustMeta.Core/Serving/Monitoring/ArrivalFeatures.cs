using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Data;

namespace RobustMeta.Serving.Monitoring;

/// <summary>Features of a run's users with those of arrivals behind them.</summary>
internal static class ArrivalFeatures
{
    /// <summary>The table; features that no file of the arrivals names are left out.</summary>
    /// <param name="features">Features of all users of the data.</param>
    /// <param name="places">Those of the run's users, in order.</param>
    /// <param name="arrivals">The users that are appended.</param>
    public static FeatureTable Table(FeatureTable features, int[] places, Arrivals arrivals)
    {
        var known = arrivals.Users.SelectMany(user => user.Features.Keys).ToHashSet();
        return new(
            places.Length + arrivals.Users.Count,
            features.Columns.Where(column => known.Contains(column.Name)).Select(Extended)
        );

        FeatureColumn Extended(FeatureColumn column)
        {
            string[] texts = [.. arrivals.Users.Select(user => user.Features.GetValueOrDefault(column.Name, ""))];
            return column switch
            {
                FloatColumn c => new FloatColumn(
                    c.Name,
                    [.. places.Select(user => c.Values[user]), .. texts.Select(Number)]
                ),
                TokenColumn c => new TokenColumn(
                    c.Name,
                    c.Vocabulary,
                    [.. places.Select(user => c.Tokens[user]), .. texts.Select(text => c.Vocabulary.Find(text) ?? 0)]
                ),
                TokenBagColumn c => Bags(
                    c,
                    [.. places.Select(user => c.Bag(user).ToArray()), .. texts.Select(text => BagOf(c, text))]
                ),
                _ => throw new ArgumentException($"Feature '{column.Name}' is of an unknown kind."),
            };
        }
    }

    private static int[] BagOf(TokenBagColumn column, string text) =>
        [.. text.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(part => column.Vocabulary.Find(part) ?? 0)];

    private static TokenBagColumn Bags(TokenBagColumn column, int[][] bags)
    {
        var starts = new int[bags.Length + 1];
        for (var i = 0; i < bags.Length; i++)
        {
            starts[i + 1] = starts[i] + bags[i].Length;
        }
        return new(column.Name, column.Vocabulary, [.. starts], [.. bags.SelectMany(bag => bag)]);
    }

    private static float Number(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : float.NaN;
}
