using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Data;
using RobustMeta.Runtime;

namespace RobustMeta.Tasks;

/// <summary>
/// Draws the negatives of training tasks anew for each epoch: a row of value 0 keeps its place and label and gets another item
/// that its user has no positive of in any part. The draw depends on seed, epoch and user alone, so that an interrupted training
/// goes on with the same ones.
/// </summary>
/// <param name="source">Ratings with the negatives of the first draw.</param>
/// <param name="train">Training tasks; no others get new items.</param>
/// <param name="popularity">Exponent of the popularity among positives that draws are proportional to; 0 is uniform.</param>
/// <param name="seed">Same seed, same negatives.</param>
internal sealed class FreshNegatives(TaskSource source, ImmutableArray<UserTask> train, double popularity, long seed)
{
    private readonly ItemPool pool = new(source.Ratings, popularity, source.IsSeen);

    /// <summary>The items of an epoch, by row, for all negative rows of the training tasks.</summary>
    /// <param name="epoch">Number of the epoch.</param>
    public IReadOnlyDictionary<int, int> Items(int epoch)
    {
        var name = epoch.ToString(CultureInfo.InvariantCulture);
        var items = new Dictionary<int, int>();
        foreach (var task in train)
        {
            int[] rows = [.. task.Support.Concat(task.Query).Where(row => !source.IsSeen(row))];
            var random = Seeds.Generator(seed, "fresh negatives", name, source.Ratings.Users[task.User]);
            var drawn = pool.Draw(source.SeenItems(task.User), rows.Length, random);
            // Fewer items than rows (a user of nearly everything): the rest keep theirs.
            foreach (var (row, item) in rows.Zip(drawn))
            {
                items.Add(row, item);
            }
        }
        return items;
    }
}
