using RobustMeta.Data;
using RobustMeta.Runtime;

namespace RobustMeta.Tasks;

/// <summary>The items that negatives are drawn from, with weights popularity^a, in order of their identifiers.</summary>
internal sealed class ItemPool
{
    private readonly int[] items;
    private readonly double[] weights;

    // Sum of the weights up to and with each item.
    private readonly double[] sums;

    /// <summary>A pool of the items of some rows.</summary>
    /// <param name="ratings">Ratings.</param>
    /// <param name="exponent">Exponent of the popularity that items are drawn in proportion to.</param>
    /// <param name="isCounted">Which rows count; null: all.</param>
    public ItemPool(Ratings ratings, double exponent, Func<int, bool>? isCounted = null)
    {
        var counts = new int[ratings.Items.Count];
        for (var row = 0; row < ratings.Count; row++)
        {
            counts[ratings.ItemIndex[row]] += isCounted is null || isCounted(row) ? 1 : 0;
        }
        items = [.. Enumerable.Range(0, counts.Length).Where(item => counts[item] > 0)];
        Array.Sort([.. items.Select(item => ratings.Items[item])], items, StringComparer.Ordinal);
        weights = Array.ConvertAll(items, item => Math.Pow(counts[item], exponent));
        sums = new double[items.Length];
        var sum = 0.0;
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = sum += weights[i];
        }
    }

    /// <summary>Distinct items outside <paramref name="own"/>, one after another in proportion to their weights.</summary>
    /// <param name="own">Items that are left out.</param>
    /// <param name="count">How many; fewer where there are no more.</param>
    /// <param name="random">Where chance comes from.</param>
    public IReadOnlyList<int> Draw(HashSet<int> own, int count, Random random)
    {
        var available = items.Length - own.Count;
        return count >= available / 2 ? DrawMany(own, Math.Min(count, available), random) : DrawFew(own, count, random);
    }

    // Rejection: fast while most draws are new.
    private List<int> DrawFew(HashSet<int> own, int count, Random random)
    {
        var most = 50 * (count + 10);
        var drawn = new List<int>(count);
        var taken = new HashSet<int>();
        for (var tries = 0; drawn.Count < count; tries++)
        {
            if (tries == most)
            {
                var left = new HashSet<int>(own);
                left.UnionWith(taken);
                drawn.AddRange(DrawMany(left, count - drawn.Count, random));
                break;
            }
            var place = Array.BinarySearch(sums, random.NextDouble() * sums[^1]);
            var item = items[Math.Min(place < 0 ? ~place : place, items.Length - 1)];
            if (!own.Contains(item) && taken.Add(item))
            {
                drawn.Add(item);
            }
        }
        return drawn;
    }

    // Gumbel-top-k: the largest perturbed logarithms are a draw without replacement.
    private List<int> DrawMany(HashSet<int> own, int count, Random random)
    {
        var others = Enumerable.Range(0, items.Length).Where(i => !own.Contains(items[i])).ToArray();
        var keys = Array.ConvertAll(others, i => -(Math.Log(weights[i]) + random.NextGumbel()));
        Array.Sort(keys, others);
        return [.. others.Take(count).Select(i => items[i])];
    }
}
