using RobustMeta.Runtime;

namespace RobustMeta.Shift.Diagnosis;

/// <summary>
/// The popularity of items for a comparison of populations. The training users are parted into two halves of equal number, and
/// the popularity of items is counted for each user in the half without the user: without a shift the counts of training and test
/// users have one distribution. (Counting all other users is no such rule: n - 1 would count for a training user, n for a test user.)
/// </summary>
internal sealed class PopularityHalves
{
    private readonly ShiftInput input;
    private readonly Dictionary<int, int> seenBy = [];
    private readonly int[][] ratingsOfItem;

    /// <summary>Of a split.</summary>
    public PopularityHalves(ShiftInput input)
    {
        this.input = input;
        var ratings = input.Source.Ratings;
        ratingsOfItem = [new int[ratings.Items.Count], new int[ratings.Items.Count]];
        int[] training =
        [
            .. input
                .Split.MetaTrain.Select(task => task.User)
                .Distinct()
                .OrderBy(u => ratings.Users[u], StringComparer.Ordinal),
        ];
        Seeds.Generator(input.Seed, "halves that count popularity").Shuffle(training);
        // One user of an odd number is in no half that counts.
        var counted = training.Length / 2 * 2;
        foreach (var (place, user) in training.Index())
        {
            seenBy[user] = 1 - place % 2;
            if (place < counted)
            {
                foreach (var row in ratings.RowsOf(user))
                {
                    ratingsOfItem[place % 2][ratings.ItemIndex[row]]++;
                }
            }
        }
    }

    /// <summary>The half whose counts a user sees, 0 or 1; drawn from the identifier where the user is in neither.</summary>
    public int SeenBy(int user)
    {
        if (!seenBy.TryGetValue(user, out var half))
        {
            half = Seeds.Generator(input.Seed, "half that is seen", input.Source.Ratings.Users[user]).Next(2);
            seenBy.Add(user, half);
        }
        return half;
    }

    /// <summary>Logarithm of one more than the number of ratings of an item by a half of the training users.</summary>
    public double Log(int half, int item) => Math.Log(1 + ratingsOfItem[half][item]);
}
