using System.Collections.Immutable;

namespace RobustMeta.Data;

/// <summary>
/// Ratings with users, items, feature tokens and rows in <see cref="IdentifierOrder"/>: equal for every permutation of the
/// rows of the files that they were read from.
/// </summary>
public static class CanonicalRatings
{
    /// <summary>The same ratings in order; the very same object where they are in order already.</summary>
    /// <param name="ratings">Ratings in any order. Where a user rated an item twice, rows go by time, then by value.</param>
    public static Ratings Of(Ratings ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        var users = IdentifierOrder.Of(ratings.Users);
        var items = IdentifierOrder.Of(ratings.Items);
        var userPlaces = IdentifierOrder.Places(users);
        var itemPlaces = IdentifierOrder.Places(items);
        var rows = Rows(ratings, userPlaces, itemPlaces);
        var userFeatures = ratings.UserFeatures.InOrder(users);
        var itemFeatures = ratings.ItemFeatures.InOrder(items);
        var isInOrder =
            IdentifierOrder.IsIdentity(users)
            && IdentifierOrder.IsIdentity(items)
            && IdentifierOrder.IsIdentity(rows)
            && ReferenceEquals(userFeatures, ratings.UserFeatures)
            && ReferenceEquals(itemFeatures, ratings.ItemFeatures);
        return isInOrder
            ? ratings
            : new(
                ratings.Name,
                Vocabulary.Of(users.Select(user => ratings.Users[user])),
                Vocabulary.Of(items.Select(item => ratings.Items[item])),
                [.. rows.Select(row => userPlaces[ratings.UserIndex[row]])],
                [.. rows.Select(row => itemPlaces[ratings.ItemIndex[row]])],
                IdentifierOrder.Apply(ratings.Values, rows),
                ratings.Times.IsEmpty ? [] : IdentifierOrder.Apply(ratings.Times, rows),
                userFeatures,
                itemFeatures,
                ratings.Report
            );
    }

    private static int[] Rows(Ratings ratings, int[] userPlaces, int[] itemPlaces)
    {
        var keys = new long[ratings.Count];
        var rows = new int[ratings.Count];
        var isSorted = true;
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = row;
            keys[row] =
                (long)userPlaces[ratings.UserIndex[row]] * ratings.Items.Count + itemPlaces[ratings.ItemIndex[row]];
            isSorted &= row == 0 || keys[row - 1] < keys[row];
        }
        if (isSorted)
        {
            return rows;
        }
        Array.Sort(keys, rows);
        for (var start = 0; start < rows.Length; )
        {
            var end = start + 1;
            while (end < rows.Length && keys[end] == keys[start])
            {
                end++;
            }
            if (end - start > 1)
            {
                rows.AsSpan(start..end).Sort((a, b) => Compare(ratings, a, b));
            }
            start = end;
        }
        return rows;
    }

    private static int Compare(Ratings ratings, int a, int b)
    {
        var byTime = ratings.Times.IsEmpty ? 0 : ratings.Times[a].CompareTo(ratings.Times[b]);
        return byTime != 0 ? byTime : ratings.Values[a].CompareTo(ratings.Values[b]);
    }
}
