using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using RobustMeta.Data;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Scale;

/// <summary>
/// Ratings of as many users as asked for, made on all cores in columns: items by a popularity of Zipf's law, ratings by the product of latent
/// tastes, a segment and a category as features. Equal sizes give equal ratings.
/// </summary>
internal static class LargeWorld
{
    private const int Latent = 4;
    private const int Segments = 8;
    private const int Categories = 12;
    private const int Least = 30;

    /// <summary>The ratings, about <paramref name="mean"/> of each user.</summary>
    public static Dataset Make(int users, int items, int mean)
    {
        var starts = Starts(users, items, mean);
        var rows = starts[^1];
        var (userIndex, itemIndex, values) = (new int[rows], new int[rows], new float[rows]);
        var itemLatent = Latents("items", items, Categories, out var category);
        var userLatent = Latents("users", users, Segments, out var segment);
        Parallel.For(
            0,
            users,
            user =>
            {
                var random = new Random(user);
                var seen = new HashSet<int>();
                for (var row = starts[user]; row < starts[user + 1]; row++)
                {
                    var item = Draw(random, items);
                    while (!seen.Add(item))
                    {
                        item = Draw(random, items);
                    }
                    var taste = 0f;
                    for (var k = 0; k < Latent; k++)
                    {
                        taste += userLatent[Latent * user + k] * itemLatent[Latent * item + k];
                    }
                    (userIndex[row], itemIndex[row]) = (user, item);
                    values[row] = Math.Clamp(MathF.Round(3 + taste + (float)random.NextDouble() - 0.5f), 1, 5);
                }
            }
        );
        var ratings = new Ratings(
            "synthetic",
            Vocabulary.Of(Names("u", users)),
            Vocabulary.Of(Names("i", items)),
            Array(userIndex),
            Array(itemIndex),
            ImmutableCollectionsMarshal.AsImmutableArray(values),
            [],
            Feature("segment", Segments, segment),
            Feature("category", Categories, category),
            new(rows)
        );
        return new(ratings, 4, ["segment"], ["category"]);
    }

    // Popularity falls as 1/rank: the logarithm of the rank is even.
    private static int Draw(Random random, int items) =>
        Math.Min(items - 1, (int)Math.Exp(random.NextDouble() * Math.Log(items + 1)) - 1);

    private static int[] Starts(int users, int items, int mean)
    {
        var random = new Random(1);
        var starts = new int[users + 1];
        for (var user = 0; user < users; user++)
        {
            var count = Least + (int)(-(mean - Least) * Math.Log(1 - random.NextDouble()));
            starts[user + 1] = checked(starts[user] + Math.Min(count, items / 2));
        }
        return starts;
    }

    private static float[] Latents(string kind, int count, int classes, out int[] classOf)
    {
        var random = Seeds.Generator(1, "large", kind);
        var centres = Enumerable.Range(0, classes * Latent).Select(_ => (float)random.NextGaussian()).ToArray();
        var latents = new float[count * Latent];
        classOf = new int[count];
        for (var i = 0; i < count; i++)
        {
            classOf[i] = random.Next(classes);
            for (var k = 0; k < Latent; k++)
            {
                var own = 0.5f * (float)random.NextGaussian();
                latents[Latent * i + k] = (centres[Latent * classOf[i] + k] + own) / MathF.Sqrt(Latent);
            }
        }
        return latents;
    }

    private static FeatureTable Feature(string name, int classes, int[] classOf) =>
        new(
            classOf.Length,
            [
                new TokenColumn(
                    name,
                    Vocabulary.Of(Names(name, classes).Prepend(Vocabulary.Unknown)),
                    [.. classOf.Select(c => c + 1)]
                ),
            ]
        );

    private static IEnumerable<string> Names(string prefix, int count) =>
        Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}"));

    private static ImmutableArray<int> Array(int[] values) => ImmutableCollectionsMarshal.AsImmutableArray(values);
}
