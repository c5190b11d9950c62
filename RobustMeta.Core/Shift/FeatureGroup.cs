using RobustMeta.Data;
using RobustMeta.Settings;

namespace RobustMeta.Shift;

/// <summary>Who has a feature token, written <c>feature=token</c>.</summary>
internal static class FeatureGroup
{
    /// <summary>Text of no group.</summary>
    public const string None = "none";

    /// <summary>1 for each entity with the token, 0 for the others.</summary>
    /// <param name="table">Features of the users or items.</param>
    /// <param name="key">Setting, for messages.</param>
    /// <param name="text"><c>feature=token</c>, or <c>none</c>.</param>
    /// <exception cref="SettingException">It is neither, or there is no such feature or token.</exception>
    public static double[] Members(FeatureTable table, string key, string text)
    {
        if (text == None)
        {
            return new double[table.Rows];
        }
        var parts = text.Split('=', 2);
        var column = parts.Length == 2 ? table.Find(parts[0]) : null;
        var vocabulary = column switch
        {
            TokenColumn c => c.Vocabulary,
            TokenBagColumn c => c.Vocabulary,
            _ => throw new SettingException(
                $"{key} is '{text}'; expected feature=token with a feature of tokens among "
                    + string.Join(
                        ", ",
                        table.Columns.Where(c => c is TokenColumn or TokenBagColumn).Select(c => c.Name)
                    )
            ),
        };
        var token =
            vocabulary.Find(parts[1])
            ?? throw new SettingException(
                $"{key} is '{text}', and '{parts[0]}' has no token '{parts[1]}'"
                    + NearestName.Hint(parts[1], vocabulary.Tokens)
            );
        return
        [
            .. Enumerable
                .Range(0, table.Rows)
                .Select(row =>
                    (
                        column is TokenBagColumn bag
                            ? bag.Bag(row).Contains(token)
                            : ((TokenColumn)column).Tokens[row] == token
                    )
                        ? 1.0
                        : 0.0
                ),
        ];
    }
}
