namespace RobustMeta.Data;

/// <summary>
/// How the columns of delimited text files (CSV, TSV, …) map to ratings and features. A column is named by its header or
/// by its position from 1. Where neither <see cref="User"/> nor <see cref="Item"/> is given, the columns are recognised
/// by their headers (user, userId, uid, item, movieId, rating, score, timestamp …).
/// </summary>
public sealed record DelimitedSpec
{
    /// <summary>Name of the file of ratings, plain or <c>.gz</c>, relative to the folder that is read.</summary>
    public required string Ratings { get; init; }

    /// <summary>Column of the user identifier; null recognises it.</summary>
    public string? User { get; init; }

    /// <summary>Column of the item identifier; null recognises it.</summary>
    public string? Item { get; init; }

    /// <summary>Column of the rating; null where every row is a positive (rating 1), or where columns are recognised.</summary>
    public string? Rating { get; init; }

    /// <summary>Column of the time, or null.</summary>
    public string? Time { get; init; }

    /// <summary>
    /// How times are written: <c>seconds</c> or <c>milliseconds</c> since 1970, <c>iso</c>, or a pattern of .NET such as
    /// <c>dd.MM.yyyy</c>, in UTC. Null takes the form of the first time of the file.
    /// </summary>
    public string? TimeFormat { get; init; }

    /// <summary>Values of the rating column that stand for "not rated"; such rows are counted and left out.</summary>
    public IReadOnlyList<double> NotRated { get; init; } = [];

    /// <summary>File of the users, or null.</summary>
    public string? Users { get; init; }

    /// <summary>Column of the user identifier in the file of users; null recognises it.</summary>
    public string? UsersId { get; init; }

    /// <summary>Features in the file of users.</summary>
    public IReadOnlyList<DelimitedFeature> UserFeatures { get; init; } = [];

    /// <summary>What several rows of one user in the file of users mean.</summary>
    public RepeatRule UsersRepeats { get; init; } = RepeatRule.Refuse;

    /// <summary>File of the items, or null.</summary>
    public string? Items { get; init; }

    /// <summary>Column of the item identifier in the file of items; null recognises it.</summary>
    public string? ItemsId { get; init; }

    /// <summary>Features in the file of items.</summary>
    public IReadOnlyList<DelimitedFeature> ItemFeatures { get; init; } = [];

    /// <summary>What several rows of one item in the file of items mean.</summary>
    public RepeatRule ItemsRepeats { get; init; } = RepeatRule.Refuse;

    /// <summary>How the file of ratings is written, and the others where they have no dialect of their own.</summary>
    public FileDialect Dialect { get; init; } = new();

    /// <summary>How the file of users is written; null as the ratings.</summary>
    public FileDialect? UsersDialect { get; init; }

    /// <summary>How the file of items is written; null as the ratings.</summary>
    public FileDialect? ItemsDialect { get; init; }

    /// <summary>The files that are read.</summary>
    public IReadOnlyList<string> Files =>
        [Ratings, .. new[] { Users, Items }.OfType<string>().Where(file => file != Ratings).Distinct()];
}
