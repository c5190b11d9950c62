using System.Globalization;

namespace RobustMeta.Experiments;

/// <summary>Values of spec files as TOML.</summary>
internal static class TomlText
{
    /// <summary>A value as TOML: bare where reading it gives the same text back, quoted otherwise.</summary>
    public static string Quote(string value) =>
        value is "true" or "false" ? value
        : value == "NaN" ? "nan"
        : IsPlainNumber(value) ? value
        : $"\"{string.Concat(value.Select(Escape))}\"";

    // Names such as 007, 1e5 or -0 are numbers too, but would come back as 7, 100000 and 0.
    private static bool IsPlainNumber(string value)
    {
        var invariant = CultureInfo.InvariantCulture;
        return value != "-0"
            && (
                long.TryParse(value, NumberStyles.AllowLeadingSign, invariant, out var n)
                    ? n.ToString(invariant) == value
                    : double.TryParse(value, NumberStyles.Float, invariant, out var x)
                        && double.IsFinite(x)
                        && x.ToString("R", invariant) == value
            );
    }

    private static string Escape(char c) =>
        c is '\\' or '"' ? $"\\{c}"
        : char.IsControl(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}")
        : c.ToString();
}
