namespace RobustMeta.Data.Reading;

/// <summary>Reads the table <c>columns</c> of a catalog entry.</summary>
internal static class CatalogColumns
{
    private static readonly string[] DialectKeys =
    [
        "separator",
        "header",
        "quoted",
        "backslash",
        "lineBreaks",
        "encoding",
        "latin1",
        "missing",
        "decimal",
    ];

    private static readonly string[] Keys =
    [
        "ratings",
        "user",
        "item",
        "rating",
        "time",
        "timeFormat",
        "notRated",
        "users",
        "usersId",
        "userFeatures",
        "usersRepeats",
        "usersDialect",
        "items",
        "itemsId",
        "itemFeatures",
        "itemsRepeats",
        "itemsDialect",
        .. DialectKeys,
    ];

    /// <summary>The columns of an entry, or null where it has none.</summary>
    public static DelimitedSpec? Of(CatalogTable entry) =>
        entry.Inner("columns", Keys) is { } table
            ? new()
            {
                Ratings = table.File("ratings") ?? "",
                User = table.Column("user"),
                Item = table.Column("item"),
                Rating = table.Column("rating"),
                Time = table.Column("time"),
                TimeFormat = table.FilledText("timeFormat"),
                NotRated = table.Numbers("notRated"),
                Users = table.File("users"),
                UsersId = table.Column("usersId"),
                UserFeatures = [.. table.Texts("userFeatures").Select(text => Feature(table, text))],
                UsersRepeats = table.Enum<RepeatRule>("usersRepeats") ?? RepeatRule.Refuse,
                UsersDialect = table.Inner("usersDialect", DialectKeys) is { } users ? Dialect(users) : null,
                Items = table.File("items"),
                ItemsId = table.Column("itemsId"),
                ItemFeatures = [.. table.Texts("itemFeatures").Select(text => Feature(table, text))],
                ItemsRepeats = table.Enum<RepeatRule>("itemsRepeats") ?? RepeatRule.Refuse,
                ItemsDialect = table.Inner("itemsDialect", DialectKeys) is { } items ? Dialect(items) : null,
                Dialect = Dialect(table),
            }
            : null;

    private static FileDialect Dialect(CatalogTable table) =>
        new()
        {
            Separator = table.FilledText("separator"),
            Header = table.Flag("header"),
            Quoted = table.Flag("quoted"),
            Backslash = table.Flag("backslash") ?? false,
            LineBreaks = table.Flag("lineBreaks") ?? false,
            Encoding =
                table.Enum<TextEncoding>("encoding")
                ?? (table.Flag("latin1") == true ? TextEncoding.Latin1 : TextEncoding.Utf8),
            Missing = table.TextsOrNull("missing"),
            Decimal = table.Text("decimal") switch
            {
                null or "." => '.',
                "," => ',',
                _ => throw table.Wrong("decimal", "\".\" or \",\""),
            },
        };

    // COLUMN[=NAME]:KIND[:SEPARATOR], e.g. "genre:bag:,"; a column may hold a colon, as RecBole's do: "price:float=price:number".
    private static DelimitedFeature Feature(CatalogTable table, string text)
    {
        var named = text.IndexOf('=');
        var column = named < 0 ? "" : text[..named];
        var parts = text[(named + 1)..].Split(':', 3);
        var kind = parts.Length > 1 ? table.Enum<FeatureKind>(text, parts[1]) : FeatureKind.Token;
        return new(named < 0 ? parts[0] : column, kind, parts[0], parts.Length > 2 ? parts[2] : "|");
    }
}
