using RobustMeta.Data;
using RobustMeta.Runtime;

namespace RobustMeta.Serving;

/// <summary>Writes the features of users or items as CSV and as Parquet, a row an entity; the tokens of a bag are joined by <c>|</c>.</summary>
internal static class FeatureExport
{
    /// <summary>Writes both files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">Name of the files.</param>
    /// <param name="key">Header of the identifiers.</param>
    /// <param name="entities">The identifiers.</param>
    /// <param name="features">Their features.</param>
    public static void Write(string folder, string name, string key, Vocabulary entities, FeatureTable features)
    {
        var rows = Enumerable.Range(0, entities.Count).ToArray();
        var columns = features.Columns.Where(column => column.Name != key).ToArray();
        CsvText.Write(
            Path.Combine(folder, name + ".csv"),
            CsvText.Table(
                [key, .. columns.Select(column => column.Name)],
                rows.Select(row => (object?[])[entities[row], .. columns.Select(column => ValueOf(column, row))])
            )
        );
        ParquetFile.Write(
            Path.Combine(folder, name + ".parquet"),
            rows,
            [ParquetColumn<int>.Text(key, row => entities[row]), .. columns.Select(ColumnOf)]
        );
    }

    private static ParquetColumn<int> ColumnOf(FeatureColumn column) =>
        column is FloatColumn numbers
            ? ParquetColumn<int>.Single(column.Name, row => numbers.Values[row])
            : ParquetColumn<int>.Text(column.Name, row => (string?)ValueOf(column, row));

    // Nothing where it is missing.
    private static object? ValueOf(FeatureColumn column, int row) =>
        column switch
        {
            FloatColumn c => float.IsFinite(c.Values[row]) ? c.Values[row] : null,
            TokenColumn c => c.Tokens[row] == 0 ? null : c.Vocabulary[c.Tokens[row]],
            TokenBagColumn c => string.Join('|', c.Bag(row).ToArray().Select(token => c.Vocabulary[token])),
            _ => throw new ArgumentException($"Feature '{column.Name}' is of an unknown kind."),
        };
}
