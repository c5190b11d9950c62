using System.Collections.Immutable;

namespace RobustMeta.Data;

/// <summary>Takes rows, users and items away. What is left is numbered anew, in the old order.</summary>
public static class RatingsFilter
{
    /// <summary>The rows that a condition holds for; users and items without a row go with them.</summary>
    /// <param name="ratings">The ratings.</param>
    /// <param name="keep">Whether a row stays.</param>
    public static Ratings Where(this Ratings ratings, Func<int, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(keep);
        var rows = Enumerable.Range(0, ratings.Count).Where(keep).ToArray();
        var users = Renumber(ratings.Users, rows.Select(row => ratings.UserIndex[row]));
        var items = Renumber(ratings.Items, rows.Select(row => ratings.ItemIndex[row]));
        return new(
            ratings.Name,
            Vocabulary.Of(users.Kept.Select(user => ratings.Users[user])),
            Vocabulary.Of(items.Kept.Select(item => ratings.Items[item])),
            [.. rows.Select(row => users.New[ratings.UserIndex[row]])],
            [.. rows.Select(row => items.New[ratings.ItemIndex[row]])],
            [.. rows.Select(row => ratings.Values[row])],
            ratings.Times.IsEmpty ? [] : [.. rows.Select(row => ratings.Times[row])],
            ratings.UserFeatures.Rows(users.Kept),
            ratings.ItemFeatures.Rows(items.Kept),
            ratings.Report
        );
    }

    /// <summary>
    /// The k-core: the largest set of rows in which every user and every item has enough (Seidman 1983); unique, and empty
    /// where there is none.
    /// </summary>
    /// <param name="ratings">The ratings.</param>
    /// <param name="perUser">Fewest rows of a user.</param>
    /// <param name="perItem">Fewest rows of an item.</param>
    public static Ratings KCore(this Ratings ratings, int perUser, int perItem)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        var kept = new bool[ratings.Count];
        Array.Fill(kept, true);
        for (var changed = true; changed; )
        {
            var users = new int[ratings.Users.Count];
            var items = new int[ratings.Items.Count];
            for (var row = 0; row < kept.Length; row++)
            {
                if (kept[row])
                {
                    users[ratings.UserIndex[row]]++;
                    items[ratings.ItemIndex[row]]++;
                }
            }
            changed = false;
            for (var row = 0; row < kept.Length; row++)
            {
                if (kept[row] && (users[ratings.UserIndex[row]] < perUser || items[ratings.ItemIndex[row]] < perItem))
                {
                    kept[row] = false;
                    changed = true;
                }
            }
        }
        return ratings.Where(row => kept[row]);
    }

    private static (int[] Kept, int[] New) Renumber(Vocabulary all, IEnumerable<int> used)
    {
        var renumbered = new int[all.Count];
        Array.Fill(renumbered, -1);
        foreach (var index in used)
        {
            renumbered[index] = 0;
        }
        int[] kept = [.. Enumerable.Range(0, all.Count).Where(index => renumbered[index] == 0)];
        for (var i = 0; i < kept.Length; i++)
        {
            renumbered[kept[i]] = i;
        }
        return (kept, renumbered);
    }

    private static FeatureTable Rows(this FeatureTable table, int[] kept) =>
        new(kept.Length, table.Columns.Select(column => Rows(column, kept)));

    private static FeatureColumn Rows(FeatureColumn column, int[] kept)
    {
        switch (column)
        {
            case TokenColumn tokens:
                return tokens with { Tokens = [.. kept.Select(row => tokens.Tokens[row])] };
            case FloatColumn numbers:
                return numbers with { Values = [.. kept.Select(row => numbers.Values[row])] };
            case TokenBagColumn bags:
                var starts = ImmutableArray.CreateBuilder<int>(kept.Length + 1);
                var all = ImmutableArray.CreateBuilder<int>();
                starts.Add(0);
                foreach (var row in kept)
                {
                    all.AddRange(bags.Bag(row));
                    starts.Add(all.Count);
                }
                return bags with { Starts = starts.MoveToImmutable(), Tokens = all.DrainToImmutable() };
            default:
                throw new ArgumentOutOfRangeException(nameof(column), column, "Unknown kind of feature.");
        }
    }
}
