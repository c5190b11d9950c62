namespace RobustMeta.Data.Reading;

/// <summary>Names by which the columns of ratings are usually headed, in order of preference.</summary>
internal static class HeaderNames
{
    /// <summary>Headers of a user identifier, as <see cref="Plain"/> writes them.</summary>
    public static IReadOnlyList<string> User { get; } =
    [
        "user",
        "userid",
        "uid",
        "reviewerid",
        "customerid",
        "customer",
        "memberid",
        "visitorid",
        "profileid",
        "username",
        "client",
        "clientid",
    ];

    /// <summary>Headers of an item identifier.</summary>
    public static IReadOnlyList<string> Item { get; } =
    [
        "item",
        "itemid",
        "iid",
        "movieid",
        "movie",
        "asin",
        "productid",
        "product",
        "isbn",
        "bookid",
        "artistid",
        "songid",
        "trackid",
        "animeid",
        "gameid",
        "businessid",
        "sku",
        "article",
        "articleid",
    ];

    /// <summary>Headers of a rating.</summary>
    public static IReadOnlyList<string> Rating { get; } =
    [
        "rating",
        "score",
        "stars",
        "overall",
        "bookrating",
        "ratings",
        "value",
        "preference",
        "weight",
        "hours",
        "plays",
        "count",
    ];

    /// <summary>Headers of a time.</summary>
    public static IReadOnlyList<string> Time { get; } =
    ["timestamp", "time", "unixreviewtime", "date", "datetime", "ts", "reviewtime", "ratedat", "createdat", "when"];

    /// <summary>Headers of an item's title.</summary>
    public static IReadOnlyList<string> Title { get; } =
    ["title", "name", "movietitle", "itemname", "itemtitle", "producttitle", "productname", "booktitle"];

    /// <summary>A header without case, blanks, hyphens, underscores and RecBole's type: <c>user_id:token</c> is <c>userid</c>.</summary>
    public static string Plain(string header) =>
        string.Concat(header.Split(':')[0].Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>Whether a header is one of these names.</summary>
    public static bool IsKnown(string header) =>
        new[] { User, Item, Rating, Time }.Any(names => names.Contains(Plain(header)));

    /// <summary>The header that is usually meant, or null.</summary>
    public static string? Find(IReadOnlyList<string> headers, IReadOnlyList<string> names) =>
        names
            .Select(name => headers.FirstOrDefault(header => Plain(header) == name))
            .FirstOrDefault(h => h is not null);
}
