using System.Globalization;
using System.Text;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>Writes ratings as RecBole's atomic files, which the format <c>recbole</c> reads back.</summary>
public static class RecBoleFiles
{
    private const string Tab = "\t";

    /// <summary>Writes <c>NAME.inter</c> and, where there are features, <c>NAME.user</c> and <c>NAME.item</c>.</summary>
    /// <param name="ratings">The ratings.</param>
    /// <param name="folder">The folder; made where it is not there.</param>
    /// <param name="sequenceSeparator">
    /// What stands between the tokens of a bag (RecBole's <c>seq_separator</c>), such as <c>|</c> where tokens hold blanks.
    /// </param>
    /// <exception cref="SettingException">
    /// An identifier or token holds a tab or line break, or a token of a bag the separator.
    /// </exception>
    public static void Write(Ratings ratings, string folder, char sequenceSeparator = ' ')
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(folder);
        Directory.CreateDirectory(folder);
        var hasTimes = !ratings.Times.IsEmpty;
        var rows = Enumerable
            .Range(0, ratings.Count)
            .Select(row =>
                string.Join(
                    Tab,
                    [
                        Cell(ratings.Users[ratings.UserIndex[row]]),
                        Cell(ratings.Items[ratings.ItemIndex[row]]),
                        Number(ratings.Values[row]),
                        .. hasTimes ? new[] { ratings.Times[row].ToString(CultureInfo.InvariantCulture) } : [],
                    ]
                )
            );
        string[] header =
        [
            "user_id:token",
            "item_id:token",
            "rating:float",
            .. hasTimes ? new[] { "timestamp:float" } : [],
        ];
        WriteLines(Path.Combine(folder, $"{ratings.Name}.inter"), rows.Prepend(string.Join(Tab, header)));
        Write(ratings.Users, ratings.UserFeatures, "user_id:token", $"{ratings.Name}.user");
        Write(ratings.Items, ratings.ItemFeatures, "item_id:token", $"{ratings.Name}.item");

        void Write(Vocabulary entities, FeatureTable table, string id, string file)
        {
            if (!table.Columns.IsEmpty)
            {
                WriteLines(Path.Combine(folder, file), Lines(entities, table, id, sequenceSeparator));
            }
        }
    }

    private static IEnumerable<string> Lines(Vocabulary entities, FeatureTable table, string id, char separator) =>
        Enumerable
            .Range(0, entities.Count)
            .Select(row =>
                string.Join(
                    Tab,
                    table.Columns.Select(column => Value(column, row, separator)).Prepend(Cell(entities[row]))
                )
            )
            .Prepend(
                string.Join(Tab, table.Columns.Select(column => $"{Cell(column.Name)}:{Type(column)}").Prepend(id))
            );

    private static string Type(FeatureColumn column) =>
        column switch
        {
            TokenColumn => "token",
            TokenBagColumn => "token_seq",
            _ => "float",
        };

    private static string Value(FeatureColumn column, int row, char separator) =>
        column switch
        {
            TokenColumn tokens => tokens.Tokens[row] == 0 ? "" : Cell(tokens.Vocabulary[tokens.Tokens[row]]),
            TokenBagColumn bags => string.Join(
                separator,
                bags.Bag(row).ToArray().Select(token => Word(bags.Vocabulary[token], separator))
            ),
            FloatColumn numbers => float.IsNaN(numbers.Values[row]) ? "" : Number(numbers.Values[row]),
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "Unknown kind of feature."),
        };

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Cell(string text) =>
        text.AsSpan().IndexOfAny("\t\r\n") < 0
            ? text
            : throw new SettingException(
                $"'{Reading.Excerpt.Of(text)}' holds a tab or line break, which the format cannot hold."
            );

    private static string Word(string text, char separator) =>
        !Cell(text).Contains(separator)
            ? text
            : throw new SettingException(
                $"'{Reading.Excerpt.Of(text)}' holds {(separator == ' ' ? "a blank" : $"'{separator}'")}, which separates the "
                    + "tokens of a token_seq: choose another separator of sequences."
            );

    private static void WriteLines(string path, IEnumerable<string> lines) =>
        DurableFile.Write(
            path,
            stream =>
            {
                using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true)
                {
                    NewLine = "\n",
                };
                foreach (var line in lines)
                {
                    writer.WriteLine(line);
                }
            }
        );
}
