using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>
/// Generates a world in which a plain average hides a minority. Items have a category and tags, users a segment; both
/// place them in latent space. For the majority taste is the inner product of the two; for the minority it is turned
/// round, so that the same features mean opposite tastes. Which group a user belongs to is in no feature that models see
/// by default: the support set tells it, the better the longer it is. While it is short, a model must lean on how common
/// either group was in training: there a shift towards the minority hurts.
/// </summary>
public static class SyntheticRatings
{
    /// <summary>Name of the data set.</summary>
    public const string Name = "synthetic";

    /// <summary>Token of the user feature <c>group</c> that marks the minority.</summary>
    public const string MinorityToken = "group1";

    /// <summary>The world of a seed.</summary>
    /// <param name="spec">Parameters.</param>
    /// <param name="seed">Same seed, same world.</param>
    /// <exception cref="SettingException">A parameter is out of its range; the message names it.</exception>
    public static SyntheticWorld Generate(SyntheticSpec spec, long seed)
    {
        ArgumentNullException.ThrowIfNull(spec);
        SettingList.RequireInRange(spec);
        var centres = Seeds.Generator(seed, Name, "centres");
        var categories = Gaussians(centres, spec.Categories, spec.LatentDim);
        var segments = Gaussians(centres, spec.Segments, spec.LatentDim);
        var items = Entities(Seeds.Generator(seed, Name, "items"), spec.Items, categories, spec.FeatureSignal);
        var users = Entities(Seeds.Generator(seed, Name, "users"), spec.Users, segments, spec.FeatureSignal);
        var groups = Seeds.Generator(seed, Name, "groups");
        ImmutableArray<bool> minority = [.. users.Latent.Select(_ => groups.NextDouble() < spec.MinorityFraction)];
        var levels = Seeds.Generator(seed, Name, "levels");
        var world = new SyntheticWorld(
            spec,
            EmptyRatings(spec, users.Class, items.Class, minority, items.Latent),
            minority,
            [.. users.Latent.Select((latent, u) => minority[u] ? TurnedRound(latent) : latent)],
            // Unit taste variance: an inner product of d standard normal pairs has variance d.
            [.. items.Latent.Select(latent => latent.Select(x => x / Math.Sqrt(spec.LatentDim)).ToArray())],
            [.. users.Latent.Select(_ => spec.LevelScale * levels.NextGaussian())],
            [.. items.Latent.Select(_ => spec.QualityScale * levels.NextGaussian())]
        );
        return world with { Ratings = Rate(world, seed) };
    }

    private static double[] TurnedRound(double[] latent) => [.. latent.Select(x => -x)];

    private static double[][] Gaussians(Random random, int count, int dim) =>
        [.. Enumerable.Range(0, count).Select(_ => Gaussian(random, dim))];

    private static double[] Gaussian(Random random, int dim) =>
        [.. Enumerable.Range(0, dim).Select(_ => random.NextGaussian())];

    // latent = √signal · centre of the class + √(1 − signal) · own part
    private static (int[] Class, double[][] Latent) Entities(
        Random random,
        int count,
        double[][] centres,
        double signal
    )
    {
        var classes = new int[count];
        var latents = new double[count][];
        for (var e = 0; e < count; e++)
        {
            classes[e] = random.Next(centres.Length);
            var own = Gaussian(random, centres[0].Length);
            latents[e] =
            [
                .. own.Select((x, k) => Math.Sqrt(signal) * centres[classes[e]][k] + Math.Sqrt(1 - signal) * x),
            ];
        }
        return (classes, latents);
    }

    private static Ratings EmptyRatings(
        SyntheticSpec spec,
        int[] segment,
        int[] category,
        ImmutableArray<bool> minority,
        double[][] itemLatent
    )
    {
        var users = Vocabulary.Of(Names("u", spec.Users));
        var items = Vocabulary.Of(Names("i", spec.Items));
        var userFeatures = new FeatureTable(
            spec.Users,
            [
                new TokenColumn("segment", Tokens("segment", spec.Segments), [.. segment.Select(s => s + 1)]),
                new TokenColumn("group", Tokens("group", 2), [.. minority.Select(m => m ? 2 : 1)]),
            ]
        );
        var itemFeatures = new FeatureTable(
            spec.Items,
            [
                new TokenColumn("category", Tokens("category", spec.Categories), [.. category.Select(c => c + 1)]),
                Tags(itemLatent),
            ]
        );
        return new(Name, users, items, [], [], [], [], userFeatures, itemFeatures, new(0));
    }

    // One tag for each latent dimension in which an item stands out, high or low: a bag that may be empty.
    private static TokenBagColumn Tags(double[][] latent)
    {
        var starts = new List<int> { 0 };
        var tokens = new List<int>();
        foreach (var item in latent)
        {
            for (var k = 0; k < item.Length; k++)
            {
                if (Math.Abs(item[k]) > 1)
                {
                    tokens.Add(1 + 2 * k + (item[k] > 0 ? 1 : 0));
                }
            }
            starts.Add(tokens.Count);
        }
        return new("tags", Tokens("tag", 2 * latent[0].Length), [.. starts], [.. tokens]);
    }

    private static Ratings Rate(SyntheticWorld world, long seed)
    {
        var spec = world.Spec;
        var empty = world.Ratings;
        var rank = Seeds.Generator(seed, Name, "popularity").Permutation(spec.Items);
        var userIndex = ImmutableArray.CreateBuilder<int>();
        var itemIndex = ImmutableArray.CreateBuilder<int>();
        var values = ImmutableArray.CreateBuilder<float>();
        for (var user = 0; user < spec.Users; user++)
        {
            var random = Seeds.Generator(seed, Name, "ratings", empty.Users[user]);
            var exponent = spec.PopularityExponent - (world.IsMinority[user] ? spec.MinorityNiche : 0);
            var extra = -spec.MeanExtraRatings * Math.Log(1 - random.NextDouble());
            var count = Math.Min(spec.Items, spec.MinRatings + (int)extra);
            foreach (var item in Exposed(rank, exponent, count, random))
            {
                var rating = Math.Round(world.Mean(user, item) + spec.Noise * random.NextGaussian());
                userIndex.Add(user);
                itemIndex.Add(item);
                values.Add((float)Math.Clamp(rating, 1, 5));
            }
        }
        var rows = values.Count;
        return new(
            Name,
            empty.Users,
            empty.Items,
            userIndex.DrainToImmutable(),
            itemIndex.DrainToImmutable(),
            values.DrainToImmutable(),
            [],
            empty.UserFeatures,
            empty.ItemFeatures,
            new(rows)
        );
    }

    // Items without replacement, with probability ∝ rank^-exponent (Gumbel-top-k).
    private static IEnumerable<int> Exposed(int[] rank, double exponent, int count, Random random)
    {
        var keys = Array.ConvertAll(rank, r => exponent * Math.Log(r + 1) - random.NextGumbel());
        var items = Enumerable.Range(0, rank.Length).ToArray();
        Array.Sort(keys, items);
        return items.Take(count);
    }

    private static Vocabulary Tokens(string prefix, int count) =>
        Vocabulary.Of(Names(prefix, count).Prepend(Vocabulary.Unknown));

    private static IEnumerable<string> Names(string prefix, int count) =>
        Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}"));
}
