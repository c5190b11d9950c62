namespace RobustMeta.Data.Reading;

/// <summary>Rows of a user and item that occurred before: found user by user, with one mark an item.</summary>
internal static class RepeatedPairs
{
    /// <summary>Tells of every row whose pair occurred before, in file order within a user.</summary>
    /// <param name="users">User of each row.</param>
    /// <param name="items">Item of each row.</param>
    /// <param name="userCount">Number of users.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="repeated">Is told the first row of the pair, and the one that repeats it.</param>
    public static void Find(
        ReadOnlySpan<int> users,
        ReadOnlySpan<int> items,
        int userCount,
        int itemCount,
        Action<int, int> repeated
    )
    {
        var ends = new int[userCount + 1];
        foreach (var user in users)
        {
            ends[user + 1]++;
        }
        for (var user = 0; user < userCount; user++)
        {
            ends[user + 1] += ends[user];
        }
        // Rows by user; ends[u] becomes the end of user u.
        var rows = new int[users.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[ends[users[row]]++] = row;
        }
        var userOf = new int[itemCount];
        var first = new int[itemCount];
        foreach (var row in rows)
        {
            var (user, item) = (users[row], items[row]);
            if (userOf[item] == user + 1)
            {
                repeated(first[item], row);
            }
            else
            {
                (userOf[item], first[item]) = (user + 1, row);
            }
        }
    }
}
