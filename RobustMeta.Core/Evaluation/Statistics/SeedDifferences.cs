namespace RobustMeta.Evaluation;

/// <summary>Differences between two methods under one seed, user by user.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Users">Identifiers of the users.</param>
/// <param name="Values">Difference of each user: method minus reference.</param>
public sealed record SeedDifferences(long Seed, IReadOnlyList<string> Users, IReadOnlyList<double> Values)
{
    /// <summary>Pairs two methods by user; a user without a value of either does not count.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="own">User and value of the method.</param>
    /// <param name="reference">User and value of the reference; each user once.</param>
    public static SeedDifferences Pair(
        long seed,
        IEnumerable<(string User, double Value)> own,
        IEnumerable<(string User, double Value)> reference
    )
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(reference);
        var others = reference.ToDictionary(user => user.User, user => user.Value);
        var pairs = own.Where(user => others.ContainsKey(user.User))
            .Select(user => (user.User, Difference: user.Value - others[user.User]))
            .Where(user => !double.IsNaN(user.Difference))
            .ToList();
        return new(seed, [.. pairs.Select(pair => pair.User)], [.. pairs.Select(pair => pair.Difference)]);
    }
}
