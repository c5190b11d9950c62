using System.Globalization;
using System.Text;
using RobustMeta.Runtime;

namespace RobustMeta.Data;

/// <summary>Writes ratings as RecBole's atomic files, which the format <c>recbole</c> reads back.</summary>
public static class RecBoleFiles
{
    private const string Tab = "\t";

    /// <summary>Writes <c>NAME.inter</c> and, where there are features, <c>NAME.user</c> and <c>NAME.item</c>.</summary>
    /// <param name="ratings">The ratings.</param>
    /// <param name="folder">The folder; made where it is not there.</param>
    /// <exception cref="ArgumentException">An identifier or token holds a tab or line break, or a token of a bag a blank.</exception>
    public static void Write(Ratings ratings, string folder)
    {
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
        Write(ratings.Users, ratings.UserFeatures, "user_id:token", Path.Combine(folder, $"{ratings.Name}.user"));
        Write(ratings.Items, ratings.ItemFeatures, "item_id:token", Path.Combine(folder, $"{ratings.Name}.item"));
    }

    private static void Write(Vocabulary entities, FeatureTable table, string id, string path)
    {
        if (table.Columns.IsEmpty)
        {
            return;
        }
        var header = string.Join(
            Tab,
            table.Columns.Select(column => $"{Cell(column.Name)}:{Type(column)}").Prepend(id)
        );
        var rows = Enumerable
            .Range(0, entities.Count)
            .Select(row =>
                string.Join(Tab, table.Columns.Select(column => Value(column, row)).Prepend(Cell(entities[row])))
            );
        WriteLines(path, rows.Prepend(header));
    }

    private static string Type(FeatureColumn column) =>
        column switch
        {
            TokenColumn => "token",
            TokenBagColumn => "token_seq",
            _ => "float",
        };

    private static string Value(FeatureColumn column, int row) =>
        column switch
        {
            TokenColumn tokens => tokens.Tokens[row] == 0 ? "" : Cell(tokens.Vocabulary[tokens.Tokens[row]]),
            TokenBagColumn bags => string.Join(
                ' ',
                bags.Bag(row).ToArray().Select(token => Word(bags.Vocabulary[token]))
            ),
            FloatColumn numbers => float.IsNaN(numbers.Values[row]) ? "" : Number(numbers.Values[row]),
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "Unknown kind of feature."),
        };

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Cell(string text) =>
        text.AsSpan().IndexOfAny("\t\r\n") < 0
            ? text
            : throw new ArgumentException(
                $"'{Reading.Excerpt.Of(text)}' holds a tab or line break, which the format cannot hold."
            );

    private static string Word(string text) =>
        !Cell(text).Contains(' ')
            ? text
            : throw new ArgumentException(
                $"'{Reading.Excerpt.Of(text)}' holds a blank, which a token_seq cannot hold."
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
