using System.Globalization;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>
/// A matrix of ratings, a row a user and a column an item, separated by blanks or commas or as the entry's columns say.
/// The values of <c>notRated</c> stand for none (0 where nothing is said), and so does an empty field. With a header, items
/// are named by it; with the column <c>user</c>, users are named by it; otherwise by their numbers from 1.
/// </summary>
internal sealed class MatrixReader : DatasetReader
{
    public override string Format => "matrix";

    public override string Meaning => "a matrix: a row a user, a column an item, with a value for \"not rated\"";

    public override ReaderExample Example =>
        new([("m.txt", "5 0 3\n0 1 0\n")], [("1", "1", 5), ("1", "3", 3), ("2", "2", 1)], UsersAreLines: true)
        {
            Columns = new()
            {
                Ratings = "m.txt",
                Dialect = new() { Separator = " ", Header = false },
            },
        };

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) =>
        entry.Columns is { Ratings.Length: > 0 } columns
            ? [columns.Ratings]
            : throw new Settings.SettingException(
                $"{entry.Name}: the format 'matrix' needs its file: [{entry.Name}.columns] with ratings = \"FILE\"."
            );

    protected override Ratings ReadFrom(ReaderSource source)
    {
        var spec = source.Entry.Columns!;
        var path = source.Require(spec.Ratings);
        var asked = spec.User is null ? Array.Empty<string>() : [spec.User];
        var detected = DialectDetector.Complete(path, spec.Dialect, asked, source.Limits);
        var dialect = detected with { Header = spec.Dialect.Header ?? spec.User is not null };
        using var reader = new ByteLineReader(path, source.Limits, DialectDetector.Source(dialect));
        var records = new DelimitedRecords(reader, dialect);
        var columns = new DelimitedColumns(records, path, dialect.Header!.Value);
        var user = spec.User is null ? -1 : columns.Find(spec.User);
        var notRated = (spec.NotRated.Count > 0 ? spec.NotRated : [0.0]).Select(x => (float)x).ToHashSet();
        var ratings = source.Collect();
        byte[][]? items = null;
        for (long row = 1; records.TryRead(); row++)
        {
            items ??= Items(columns, records.Count, user);
            var name = user < 0 ? Bytes(row) : records.Token(user, "a user").ToArray();
            for (var c = 0; c < records.Count; c++)
            {
                if (c == user || records[c].IsEmpty)
                {
                    continue;
                }
                var value = records.Single(c, "a rating");
                if (!notRated.Contains(value))
                {
                    ratings.Add(name, items[c], value, 0, reader);
                }
            }
        }
        return ratings.Count > 0 ? ratings.Build(source.Name) : throw Empty(path, 0);
    }

    private static byte[][] Items(DelimitedColumns columns, int count, int user)
    {
        var number = 0;
        var items = new byte[count][];
        for (var c = 0; c < count; c++)
        {
            items[c] =
                columns.Names.Count > 0 ? Encoding.UTF8.GetBytes(columns.Names[c])
                : c == user ? []
                : Bytes(++number);
        }
        return items;
    }

    private static byte[] Bytes(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
