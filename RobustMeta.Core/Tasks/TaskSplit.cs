using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Data;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Tasks;

/// <summary>Tasks for meta-training, validation and testing; no user is in two of them.</summary>
/// <param name="MetaTrain">Tasks to learn from.</param>
/// <param name="Validation">Tasks to select by.</param>
/// <param name="Test">Tasks to report on; their queries are pools that test sets are drawn from.</param>
/// <param name="Dropped">Number of users that became no task, by reason.</param>
public sealed record TaskSplit(
    ImmutableArray<UserTask> MetaTrain,
    ImmutableArray<UserTask> Validation,
    ImmutableArray<UserTask> Test,
    ImmutableSortedDictionary<DropReason, int> Dropped
)
{
    /// <summary>Divides users into the three parts, and each user's ratings into support and query.</summary>
    /// <param name="ratings">The ratings.</param>
    /// <param name="spec">Sizes and rules.</param>
    /// <param name="seed">
    /// Same seed, same split, whatever the order of the rows; a user's support does not depend on the other users.
    /// </param>
    /// <exception cref="SettingException">A setting is out of its range, fewer than three users are left, or the fractions leave none to train.</exception>
    public static TaskSplit Of(Ratings ratings, TaskSplitSpec spec, long seed)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        SettingList.RequireInRange(spec);
        var dropped = new SortedDictionary<DropReason, int>();
        var users = EligibleUsers(ratings, spec, seed, dropped);
        var validation = Math.Max(1, (int)Math.Round(spec.ValidationFraction * users.Length));
        var test = Math.Max(1, (int)Math.Round(spec.TestFraction * users.Length));
        if (users.Length - validation - test < 1)
        {
            throw new SettingException(
                $"{users.Length} users of '{ratings.Name}' are left after the filters "
                    + $"({Describe(dropped)}): too few to train, validate and test on. "
                    + "Users need minRatings ratings at least and maxRatings at most: here "
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"{spec.MinRatings} to {spec.MaxRatings}, and half of the users have {Median(ratings)} or fewer. "
                    )
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"Set minRatings {Math.Max(2, Math.Min(spec.MinRatings, Median(ratings)))}, "
                    )
                    + "or lower validationFraction and testFraction. 'data check FILE' tells which settings suit a file."
            );
        }
        var train = users.Length - validation - test;
        var itemPlaces = IdentifierOrder.Places(IdentifierOrder.Of(ratings.Items));
        return new(
            Tasks(users[..train], spec.QueryLength),
            Tasks(users[train..(train + validation)], spec.QueryLength),
            Tasks(users[(train + validation)..], spec.PoolLength),
            dropped.ToImmutableSortedDictionary()
        );

        ImmutableArray<UserTask> Tasks(int[] part, int queryLength) =>
            [.. part.Select(user => TaskOf(ratings, itemPlaces, user, spec, queryLength, seed))];
    }

    private static int[] EligibleUsers(
        Ratings ratings,
        TaskSplitSpec spec,
        long seed,
        SortedDictionary<DropReason, int> dropped
    )
    {
        var needed = Math.Max(spec.MinRatings, spec.SupportRule == SupportRule.AllButQuery ? spec.QueryLength + 1 : 2);
        var eligible = new List<int>();
        var ordered = IdentifierOrder.Of(ratings.Users);
        foreach (var place in Seeds.Generator(seed, "users").Permutation(ordered.Length))
        {
            var user = ordered[place];
            var count = ratings.RowsOf(user).Length;
            DropReason? reason =
                count < needed ? DropReason.TooFewRatings
                : count > spec.MaxRatings ? DropReason.TooManyRatings
                : eligible.Count == spec.UserNum ? DropReason.BeyondUserNum
                : null;
            if (reason is { } why)
            {
                dropped[why] = dropped.GetValueOrDefault(why) + 1;
            }
            else
            {
                eligible.Add(user);
            }
        }
        return [.. eligible];
    }

    private static UserTask TaskOf(
        Ratings ratings,
        int[] itemPlaces,
        int user,
        TaskSplitSpec spec,
        int queryLength,
        long seed
    )
    {
        // Shuffled from the order of the items' identifiers: the order of the file does not matter.
        var rows = ratings.RowsOf(user).ToArray();
        rows.AsSpan().Sort((a, b) => itemPlaces[ratings.ItemIndex[a]].CompareTo(itemPlaces[ratings.ItemIndex[b]]));
        Seeds.Generator(seed, "support", ratings.Users[user]).Shuffle(rows);
        var support =
            spec.SupportRule == SupportRule.AllButQuery
                ? rows.Length - spec.QueryLength
                : Math.Min(spec.SupportSize, rows.Length / 2);
        var query = spec.SupportRule == SupportRule.AllButQuery ? spec.QueryLength : queryLength;
        return new(user, [.. rows.Take(support)], [.. rows.Skip(support).Take(query)]);
    }

    private static int Median(Ratings ratings)
    {
        int[] counts =
        [
            .. Enumerable.Range(0, ratings.Users.Count).Select(user => ratings.RowsOf(user).Length).Order(),
        ];
        return counts.Length > 0 ? counts[counts.Length / 2] : 0;
    }

    private static string Describe(SortedDictionary<DropReason, int> dropped) =>
        dropped.Count == 0
            ? "none left out"
            : string.Join(", ", dropped.Select(d => $"{d.Value} with {DropReasons.Words(d.Key)}"));
}
