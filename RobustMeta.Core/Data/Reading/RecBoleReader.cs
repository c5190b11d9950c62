using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>
/// RecBole's atomic files: <c>NAME.inter</c> with the columns <c>user_id:token</c>, <c>item_id:token</c> and, where
/// known, <c>rating:float</c> and <c>timestamp:float</c>; <c>NAME.user</c> and <c>NAME.item</c> if there are any, of
/// which every other column becomes a feature: <c>token</c>, <c>token_seq</c> (a bag, blank-separated), <c>float</c>, or
/// <c>float_seq</c> (a number an element). The option <c>seqSeparator</c> tells what else separates a <c>token_seq</c>. The name is that of the folder's one <c>.inter</c> file; the entry's columns
/// can name that file and the columns, with or without their types.
/// </summary>
internal sealed class RecBoleReader : DatasetReader
{
    private const string UserId = "user_id:token";
    private const string ItemId = "item_id:token";
    private const string Interactions = ".inter";

    public override string Format => "recbole";

    public override string Meaning => "RecBole's atomic files NAME.inter, NAME.user, NAME.item";

    public override ReaderExample Example =>
        new(
            [
                (
                    "d.inter",
                    "user_id:token\titem_id:token\trating:float\ttimestamp:float\nu1\ti1\t4.5\t880000000\nu1\ti2\t1\t880000060\nu2\ti1\t3\t880000120\n"
                ),
                ("d.user", "user_id:token\tage:float\nu1\t24\nu2\t\n"),
                ("d.item", "item_id:token\tgenre:token_seq\ni1\ta b\ni2\t\n"),
            ],
            [("u1", "i1", 4.5f), ("u1", "i2", 1), ("u2", "i1", 3)],
            HeaderLines: 1
        );

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) =>
        entry.Columns is { Ratings.Length: > 0 } columns ? columns.Files
        : entry.Files.Keys.FirstOrDefault(file => file.EndsWith(Interactions, StringComparison.Ordinal)) is { } file
            ? [file]
        : [];

    protected override Ratings ReadFrom(ReaderSource source)
    {
        var given = source.Entry.Columns ?? new DelimitedSpec { Ratings = "" };
        var ratings = given.Ratings.Length > 0 ? given.Ratings : $"{Stem(source.Folder)}{Interactions}";
        var stem = ratings.EndsWith(Interactions, StringComparison.Ordinal) ? ratings[..^Interactions.Length] : ratings;
        var (user, item) = (given.User ?? UserId, given.Item ?? ItemId);
        var columns = Header(source, ratings);
        var users = given.Users ?? Optional(source, $"{stem}.user");
        var items = given.Items ?? Optional(source, $"{stem}.item");
        return DelimitedFiles.Read(
            source.Name,
            source.Folder,
            given with
            {
                Ratings = ratings,
                User = user,
                Item = item,
                Rating = given.Rating ?? columns.Find(c => c.StartsWith("rating:", StringComparison.Ordinal)),
                Time = given.Time ?? columns.Find(c => c.StartsWith("timestamp:", StringComparison.Ordinal)),
                Users = users,
                UsersId = given.UsersId ?? user,
                UserFeatures = Features(source, users, given.UsersId ?? user, given.UserFeatures),
                Items = items,
                ItemsId = given.ItemsId ?? item,
                ItemFeatures = Features(source, items, given.ItemsId ?? item, given.ItemFeatures),
                Dialect = given.Dialect with
                {
                    Separator = given.Dialect.Separator ?? "\t",
                    Header = true,
                    Quoted = false,
                },
            },
            source.Entry.Duplicates,
            source.Limits
        );
    }

    // The most numbers that a field of a column has.
    private static int Longest(ReaderSource source, string file, int place)
    {
        using var reader = source.Lines(file);
        var most = 0;
        reader.TryRead(out _);
        while (reader.TryRead(out var line))
        {
            var fields = Encoding.UTF8.GetString(line).Split('\t');
            most =
                place < fields.Length
                    ? Math.Max(most, fields[place].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length)
                    : most;
        }
        return most;
    }

    private static string Stem(string folder)
    {
        var stems = Directory
            .EnumerateFiles(folder, $"*{Interactions}*")
            .Select(path => Path.GetFileName(path))
            .Select(file => file[..file.IndexOf(Interactions, StringComparison.Ordinal)])
            .Distinct()
            .ToList();
        return stems.Count == 1
            ? stems[0]
            : throw new FileNotFoundException(
                $"{folder} must hold one file {Interactions}; it holds {stems.Count}. Name it: [NAME.columns] with ratings = \"FILE\"."
            );
    }

    private static string? Optional(ReaderSource source, string file) => source.Find(file) is null ? null : file;

    private static List<string> Header(ReaderSource source, string file)
    {
        using var reader = source.Lines(file);
        return reader.TryRead(out var line)
            ? [.. Encoding.UTF8.GetString(line).Split('\t')]
            : throw new DataFormatException(reader.Path, 1, 0, "expected a header line, found an empty file");
    }

    private static IReadOnlyList<DelimitedFeature> Features(
        ReaderSource source,
        string? file,
        string id,
        IReadOnlyList<DelimitedFeature> given
    ) =>
        file is null || given.Count > 0
            ? given
            :
            [
                .. Header(source, file)
                    .Select((column, i) => (column, i))
                    .Where(c => c.column != id && c.column.Split(':')[0] != id)
                    .SelectMany(c => Feature(source, file, c.column, c.i)),
            ];

    private static IEnumerable<DelimitedFeature> Feature(ReaderSource source, string file, string column, int place)
    {
        var parts = column.Split(':', 2);
        return parts[^1] switch
        {
            "token" => [new(column, FeatureKind.Token, parts[0], " ")],
            "token_seq" => [new(column, FeatureKind.Bag, parts[0], source.Option("seqSeparator") ?? " ")],
            "float" => [new(column, FeatureKind.Number, parts[0], " ")],
            "float_seq" => Enumerable
                .Range(1, Longest(source, file, place))
                .Select(k => new DelimitedFeature(column, FeatureKind.Number, $"{parts[0]}.{k}", " ") { Element = k }),
            _ => throw new DataFormatException(
                source.Require(file),
                1,
                place + 1,
                $"expected a feature NAME:token, NAME:token_seq, NAME:float or NAME:float_seq, found '{Excerpt.Of(column)}'; remove the column"
            ),
        };
    }
}
