using System.Buffers.Text;
using System.Text;
using RobustMeta.Data.Reading;

namespace RobustMeta.Data;

/// <summary>Reads ratings and features from delimited text files: one's own data.</summary>
public static class DelimitedFiles
{
    /// <summary>Reads a data set.</summary>
    /// <param name="name">Name of the data set in results.</param>
    /// <param name="folder">Folder of the files.</param>
    /// <param name="spec">Which columns mean what.</param>
    /// <param name="rule">What becomes of several ratings of one item by one user.</param>
    /// <exception cref="DataFormatException">A line is malformed, or a column does not exist.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public static Ratings Read(
        string name,
        string folder,
        DelimitedSpec spec,
        DuplicateRule rule = DuplicateRule.KeepLast
    )
    {
        var builder = ReadRatings(DataFile.Require(folder, spec.Ratings), spec, rule);
        var itemRows = spec.Items is null
            ? []
            : ReadFeatures(folder, spec.Items, spec.ItemsId, spec.ItemFeatures, spec);
        var userRows = spec.Users is null
            ? []
            : ReadFeatures(folder, spec.Users, spec.UsersId, spec.UserFeatures, spec);
        var users = Table(builder.Users(), spec.UserFeatures, userRows);
        var items = Table(builder.Items(itemRows.Select(row => row.Id)), spec.ItemFeatures, itemRows);
        return builder.Build(name, users, items);
    }

    private static RatingsBuilder ReadRatings(string path, DelimitedSpec spec, DuplicateRule rule)
    {
        var builder = new RatingsBuilder(rule, TextEncoding(spec));
        using var reader = new ByteLineReader(path);
        var records = Records(reader, spec);
        var columns = new DelimitedColumns(records, reader, spec.Header);
        var (user, item) = (columns.Find(spec.User), columns.Find(spec.Item));
        var rating = spec.Rating is null ? -1 : columns.Find(spec.Rating);
        var time = spec.Time is null ? -1 : columns.Find(spec.Time);
        var notRated = spec.NotRated.Select(x => (float)x).ToHashSet();
        while (records.TryRead())
        {
            var value = rating < 0 ? 1 : Number(records, rating, "a rating");
            if (notRated.Contains(value))
            {
                builder.Unrated++;
                continue;
            }
            var seconds = time < 0 ? 0 : (long)Number(records, time, "a Unix time", integer: true);
            builder.Add(Token(records, user, "a user"), Token(records, item, "an item"), value, seconds, reader);
        }
        return builder;
    }

    private static List<(string Id, FeatureValue[] Values)> ReadFeatures(
        string folder,
        string file,
        string? id,
        IReadOnlyList<DelimitedFeature> features,
        DelimitedSpec spec
    )
    {
        var rows = new List<(string, FeatureValue[])>();
        using var reader = new ByteLineReader(DataFile.Require(folder, file));
        var records = Records(reader, spec);
        var columns = new DelimitedColumns(records, reader, spec.Header);
        var key = columns.Find(id ?? throw new ArgumentException($"'{file}' needs the column of its identifiers."));
        var places = features.Select(f => columns.Find(f.Column)).ToArray();
        while (records.TryRead())
        {
            var values = features.Select((f, i) => Value(records, places[i], f, spec)).ToArray();
            rows.Add((Text(Token(records, key, "an identifier"), spec), values));
        }
        return rows;
    }

    private static FeatureTableBuilder Table(
        Vocabulary entities,
        IReadOnlyList<DelimitedFeature> features,
        List<(string Id, FeatureValue[] Values)> rows
    )
    {
        var table = new FeatureTableBuilder(entities, [.. features.Select(f => (f.Name ?? f.Column, f.Kind))]);
        foreach (var (id, values) in rows)
        {
            table.Set(id, values);
        }
        return table;
    }

    private static FeatureValue Value(
        DelimitedRecords records,
        int column,
        DelimitedFeature feature,
        DelimitedSpec spec
    )
    {
        const string Missing = "NULL";
        if (column >= records.Count)
        {
            throw records.Error(column, $"the feature '{feature.Column}'");
        }
        var text = Text(records[column], spec);
        return (feature.Kind, text) switch
        {
            (FeatureKind.Number, "" or Missing) => FeatureValue.Of(float.NaN),
            (FeatureKind.Number, _) => FeatureValue.Of((float)Number(records, column, "a number")),
            (FeatureKind.Bag, _) => FeatureValue.Of(
                text.Split(feature.BagSeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ),
            _ => FeatureValue.Of(text == Missing ? "" : text),
        };
    }

    private static DelimitedRecords Records(ByteLineReader reader, DelimitedSpec spec) =>
        new(reader, Encoding.UTF8.GetBytes(spec.Separator.Replace("\\t", "\t")), spec.Quoted, spec.Backslash);

    private static string Text(ReadOnlySpan<byte> field, DelimitedSpec spec) => TextEncoding(spec).GetString(field);

    private static Encoding TextEncoding(DelimitedSpec spec) => spec.Latin1 ? Encoding.Latin1 : Encoding.UTF8;

    private static ReadOnlySpan<byte> Token(DelimitedRecords records, int column, string what) =>
        column < records.Count && !records[column].IsEmpty ? records[column] : throw records.Error(column, what);

    private static float Number(DelimitedRecords records, int column, string what) =>
        (float)Number(records, column, what, integer: false);

    private static double Number(DelimitedRecords records, int column, string what, bool integer)
    {
        if (column < records.Count)
        {
            var field = records[column];
            if (Utf8Parser.TryParse(field, out double x, out var used) && used == field.Length && double.IsFinite(x))
            {
                return integer ? Math.Truncate(x) : x;
            }
        }
        throw records.Error(column, what);
    }
}
