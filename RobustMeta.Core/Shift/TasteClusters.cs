using System.Collections.Immutable;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Clusters of items by which training users rated them, and of users by the items of their supports: k-means on random
/// projections of the user-item matrix (Johnson and Lindenstrauss, 1984), rows of unit length. Clusters are numbered by their
/// number of training members, the largest first.
/// </summary>
internal sealed class TasteClusters
{
    private const int Width = 32;

    // Ratings added to each item's count: rows of rarely rated items are mostly chance.
    private const double Damping = 3;

    private readonly TaskSource source;
    private readonly double[][] items;
    private readonly KMeans ofItems;
    private readonly KMeans ofUsers;

    private TasteClusters(TaskSource source, double[][] items, KMeans ofItems, KMeans ofUsers)
    {
        this.source = source;
        this.items = items;
        this.ofItems = ofItems;
        this.ofUsers = ofUsers;
    }

    /// <summary>Clusters of the meta-training tasks.</summary>
    /// <param name="source">Ratings.</param>
    /// <param name="train">Meta-training tasks.</param>
    /// <param name="count">Number of clusters.</param>
    /// <param name="seed">Seed of projections and first centres.</param>
    public static TasteClusters Of(TaskSource source, ImmutableArray<UserTask> train, int count, long seed)
    {
        var ratings = source.Ratings;
        var vectors = ratings.Items.Tokens.Select(_ => new double[Width]).ToArray();
        var counts = new double[vectors.Length];
        foreach (var task in train)
        {
            var random = Seeds.Generator(seed, "taste projection", ratings.Users[task.User]);
            double[] direction = [.. Enumerable.Range(0, Width).Select(_ => random.NextGaussian())];
            var scale = 1 / Math.Sqrt(task.Support.Length + task.Query.Length);
            foreach (var row in task.Support.Concat(task.Query))
            {
                var item = ratings.ItemIndex[row];
                counts[item]++;
                for (var k = 0; k < Width; k++)
                {
                    vectors[item][k] += scale * direction[k];
                }
            }
        }
        Normalise(vectors, counts);
        double[][] rated = [.. vectors.Where((_, item) => counts[item] > 0)];
        var ofItems = KMeans.Of(rated, count, Seeds.Generator(seed, "clusters of items")).LargestFirst();
        double[][] users = [.. train.Select(task => Mean(ratings.ItemIndex, vectors, task))];
        var ofUsers = KMeans.Of(users, count, Seeds.Generator(seed, "clusters of users")).LargestFirst();
        return new(source, vectors, ofItems, ofUsers);
    }

    /// <summary>Cluster of an item; that of no taste for one that no training user rated.</summary>
    public int OfItem(int item) => ofItems.Nearest(items[item]);

    /// <summary>Cluster of a user, from the support.</summary>
    public int OfUser(UserTask task) => ofUsers.Nearest(Mean(source.Ratings.ItemIndex, items, task));

    // What all items have in common is activity, not taste: it is taken off in proportion to each item's ratings.
    private static void Normalise(double[][] vectors, double[] counts)
    {
        var total = counts.Sum();
        double[] common = [.. Enumerable.Range(0, Width).Select(k => vectors.Sum(v => v[k]) / total)];
        for (var item = 0; item < vectors.Length; item++)
        {
            var own = vectors[item];
            for (var k = 0; k < Width; k++)
            {
                own[k] = (own[k] - counts[item] * common[k]) / Math.Sqrt(counts[item] + Damping);
            }
            var length = Math.Sqrt(own.Sum(x => x * x));
            for (var k = 0; k < Width && length > 0; k++)
            {
                own[k] /= length;
            }
        }
    }

    private static double[] Mean(ImmutableArray<int> itemOf, double[][] vectors, UserTask task) =>
        [.. Enumerable.Range(0, Width).Select(k => task.Support.Average(row => vectors[itemOf[row]][k]))];
}
