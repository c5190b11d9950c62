using System.Globalization;

namespace RobustMeta.Data.Reading;

/// <summary>A file of features of users or items, delimited text or Parquet.</summary>
/// <param name="file">Name of the file.</param>
/// <param name="id">Column of the identifier; null recognises it.</param>
/// <param name="known">Headers by which it is recognised.</param>
/// <param name="features">The features.</param>
/// <param name="dialect">How the file is written.</param>
internal sealed class FeatureFile(
    string file,
    string? id,
    IReadOnlyList<string> known,
    IReadOnlyList<DelimitedFeature> features,
    FileDialect dialect
)
{
    private static readonly string[] MissingByDefault = ["NULL"];

    /// <summary>The file of the users, or null.</summary>
    public static FeatureFile? Users(DelimitedSpec spec) =>
        spec.Users is { } file
            ? new(file, spec.UsersId, HeaderNames.User, spec.UserFeatures, spec.UsersDialect ?? spec.Dialect)
            : null;

    /// <summary>The file of the items, or null.</summary>
    public static FeatureFile? Items(DelimitedSpec spec) =>
        spec.Items is { } file
            ? new(file, spec.ItemsId, HeaderNames.Item, spec.ItemFeatures, spec.ItemsDialect ?? spec.Dialect)
            : null;

    /// <summary>All rows of the file.</summary>
    /// <param name="folder">Folder of the file.</param>
    /// <param name="limits">What it may hold.</param>
    public List<FeatureRow> Read(string folder, ReadLimits limits)
    {
        var path = DataFile.Require(folder, file);
        var asked = features.Select(f => f.Column).Concat(id is null ? [] : [id]);
        using var source = new RecordFile(path, dialect, asked, limits);
        var (records, columns) = (source.Records, source.Columns);
        var key = id is null ? columns.Recognise("identifiers", known, "usersId or itemsId") : columns.Find(id);
        var places = features.Select(f => columns.Find(f.Column)).ToArray();
        var missing = dialect.Missing ?? MissingByDefault;
        var rows = new List<FeatureRow>();
        while (records.TryRead())
        {
            records.Token(key, "an identifier");
            var values = features.Select((f, i) => Value(records, places[i], f, missing)).ToArray();
            rows.Add(new(records.Text(key), values, path, records.Started));
        }
        return rows.Count > 0
            ? rows
            : throw new DataFormatException(path, 0, 0, "expected a row for each user or item, found none");
    }

    // One of the numbers of a field; NaN beyond the last.
    private static float Element(Records records, int column, string text, int element)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return element > parts.Length ? float.NaN
            : float.TryParse(parts[element - 1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && float.IsFinite(value)
                ? value
            : throw records.Error(column, "numbers separated by blanks");
    }

    private static FeatureValue Value(
        Records records,
        int column,
        DelimitedFeature feature,
        IReadOnlyList<string> missing
    )
    {
        if (column >= records.Count)
        {
            throw records.Error(column, $"the feature '{feature.Column}'");
        }
        var text = records.Text(column);
        var isMissing = records.IsNull(column) || text.Length == 0 || missing.Contains(text);
        return feature.Kind switch
        {
            FeatureKind.Number when feature.Element is { } element => FeatureValue.Of(
                isMissing ? float.NaN : Element(records, column, text, element)
            ),
            FeatureKind.Number => FeatureValue.Of(isMissing ? float.NaN : records.Single(column, "a number")),
            FeatureKind.Bag when isMissing => FeatureValue.Of(Array.Empty<string>()),
            FeatureKind.Bag when records.List(column) is { } list => FeatureValue.Of(list),
            FeatureKind.Bag => FeatureValue.Of(
                text.Split(feature.BagSeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ),
            _ => FeatureValue.Of(isMissing ? "" : text),
        };
    }
}
