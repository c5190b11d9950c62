using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>
/// RecBole's atomic files: <c>NAME.inter</c> with the columns <c>user_id:token</c>, <c>item_id:token</c> and, where
/// known, <c>rating:float</c> and <c>timestamp:float</c>; <c>NAME.user</c> and <c>NAME.item</c> if there are any, of
/// which every other column becomes a feature: <c>token</c>, <c>token_seq</c> (a bag, blank-separated) or <c>float</c>.
/// The name is that of the folder's one <c>.inter</c> file.
/// </summary>
internal sealed class RecBoleReader : IDatasetReader
{
    private const string UserId = "user_id:token";
    private const string ItemId = "item_id:token";
    private const string Tab = "\t";

    public string Format => "recbole";

    public Ratings Read(string name, string folder, DuplicateRule rule)
    {
        var stem = Stem(folder);
        var columns = Header(folder, $"{stem}.inter");
        var users = Optional(folder, $"{stem}.user");
        var items = Optional(folder, $"{stem}.item");
        return DelimitedFiles.Read(
            name,
            folder,
            new()
            {
                Ratings = $"{stem}.inter",
                User = UserId,
                Item = ItemId,
                Rating = columns.Find(c => c.StartsWith("rating:", StringComparison.Ordinal)),
                Time = columns.Find(c => c.StartsWith("timestamp:", StringComparison.Ordinal)),
                Users = users,
                UsersId = UserId,
                UserFeatures = users is null ? [] : Features(folder, users, UserId),
                Items = items,
                ItemsId = ItemId,
                ItemFeatures = items is null ? [] : Features(folder, items, ItemId),
                Separator = Tab,
                Quoted = false,
            },
            rule
        );
    }

    private static string Stem(string folder)
    {
        const string Interactions = ".inter";
        var stems = Directory
            .EnumerateFiles(folder, $"*{Interactions}*")
            .Select(path => Path.GetFileName(path))
            .Select(file => file[..file.IndexOf(Interactions, StringComparison.Ordinal)])
            .Distinct()
            .ToList();
        return stems.Count == 1
            ? stems[0]
            : throw new FileNotFoundException($"{folder} must hold one file {Interactions}; it holds {stems.Count}.");
    }

    private static string? Optional(string folder, string file) => DataFile.Find(folder, file) is null ? null : file;

    private static List<string> Header(string folder, string file)
    {
        using var reader = new ByteLineReader(DataFile.Require(folder, file));
        return reader.TryRead(out var line)
            ? [.. Encoding.UTF8.GetString(line).Split(Tab)]
            : throw new DataFormatException(reader.Path, 1, 0, "expected a header line, found an empty file");
    }

    private static List<DelimitedFeature> Features(string folder, string file, string id) =>
        [
            .. Header(folder, file)
                .Select((column, i) => (column, i))
                .Where(c => c.column != id)
                .Select(c => Feature(DataFile.Require(folder, file), c.column, c.i)),
        ];

    private static DelimitedFeature Feature(string file, string column, int place)
    {
        var parts = column.Split(':', 2);
        var kind = parts[^1] switch
        {
            "token" => FeatureKind.Token,
            "token_seq" => FeatureKind.Bag,
            "float" => FeatureKind.Number,
            _ => throw new DataFormatException(
                file,
                1,
                place + 1,
                $"expected a feature NAME:token, NAME:token_seq or NAME:float, found '{column}'; remove the column"
            ),
        };
        return new(column, kind, parts[0], " ");
    }
}
