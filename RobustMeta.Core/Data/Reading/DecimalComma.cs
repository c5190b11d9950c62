using System.Text.RegularExpressions;

namespace RobustMeta.Data.Reading;

/// <summary>Finds out what commas are in the values of a column: guessed only where they can be nothing else.</summary>
internal static partial class DecimalComma
{
    /// <summary>What commas are in values; empty ones say nothing.</summary>
    public static CommaUse Of(IEnumerable<string> values)
    {
        string[] given = [.. values.Select(value => value.Trim()).Where(value => value.Length > 0)];
        string[] withComma = [.. given.Where(value => value.Contains(','))];
        if (withComma.Length == 0 || given.Any(value => !Plain().IsMatch(value) && !Thousands().IsMatch(value)))
        {
            return CommaUse.None;
        }
        return withComma.All(value => Plain().IsMatch(value)) && !withComma.All(value => Thousands().IsMatch(value))
            ? CommaUse.Decimal
            : CommaUse.Unclear;
    }

    // A number whose fraction, if any, stands behind a comma.
    [GeneratedRegex(@"^[+-]?(\d+|\d*,\d+)([eE][+-]?\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    // A number of 1,000 or more whose thousands are divided by commas.
    [GeneratedRegex(@"^[+-]?[1-9]\d{0,2}(,\d{3})+$", RegexOptions.CultureInvariant)]
    private static partial Regex Thousands();
}
