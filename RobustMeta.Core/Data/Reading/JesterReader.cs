using System.Globalization;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>
/// Jester's data set 1 as CSV: a row per user, first the number of jokes rated, then the rating of each of the 100
/// jokes, −10 to 10, 99 where there is none. Users and jokes are named by their numbers, from 1.
/// </summary>
internal sealed class JesterReader : IDatasetReader
{
    private const int Jokes = 100;
    private const float NotRated = 99;

    public string Format => "jester";

    public Ratings Read(string name, string folder, DuplicateRule rule)
    {
        var builder = new RatingsBuilder(rule, Encoding.ASCII);
        var jokes = Enumerable.Range(1, Jokes).Select(j => Bytes(j)).ToArray();
        using var reader = new ByteLineReader(DataFile.Require(folder, "jester-data-1.csv"));
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
        return builder.Build(name, new(builder.Users()), new(builder.Items([])));
    }

    private static byte[] Bytes(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
