using System.Globalization;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>
/// Jester's data set 1 as CSV: a row per user, first the number of jokes rated, then the rating of each of the 100
/// jokes, −10 to 10, 99 where there is none. Users and jokes are named by their numbers, from 1.
/// </summary>
internal sealed class JesterReader : DatasetReader
{
    private const int Jokes = 100;
    private const float NotRated = 99;

    private const string File = "jester-data-1.csv";

    public override string Format => "jester";

    public override string Meaning =>
        "Jester, data set 1: a row a user, the number of ratings, 100 ratings, 99 for none";

    public override ReaderExample Example =>
        new(
            [(File, Row(2, "-9.5", "99", "3.25") + Row(1, "99", "10"))],
            [("1", "1", -9.5f), ("1", "3", 3.25f), ("2", "2", 10)],
            UsersAreLines: true
        );

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) => [File];

    protected override Ratings ReadFrom(ReaderSource source)
    {
        var builder = source.Collect();
        var jokes = Enumerable.Range(1, Jokes).Select(j => Bytes(j)).ToArray();
        using var reader = source.Lines(File);
        while (reader.TryRead(out var line))
        {
            var fields = new Fields(reader, line, ","u8);
            var stated = fields.NextInteger("the number of jokes rated");
            var user = Bytes(reader.Number);
            var count = 0;
            foreach (var joke in jokes)
            {
                var value = fields.NextNumber("a rating from -10 to 10, or 99");
                if (value == NotRated)
                {
                    continue;
                }
                if (value is < -10 or > 10)
                {
                    throw reader.Error(
                        fields.Column,
                        FormattableString.Invariant($"expected a rating from -10 to 10, or 99, found {value}")
                    );
                }
                builder.Add(user, joke, value, 0, reader);
                count++;
            }
            fields.RequireEnd();
            if (count != stated)
            {
                throw reader.Error(1, $"expected the number of jokes rated, which is {count}, found {stated}");
            }
        }
        return builder.Build(source.Name);
    }

    private static string Row(int count, params string[] ratings) =>
        string.Join(
            ",",
            [
                count.ToString(CultureInfo.InvariantCulture),
                .. ratings,
                .. Enumerable.Repeat("99", Jokes - ratings.Length),
            ]
        ) + "\n";

    private static byte[] Bytes(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
