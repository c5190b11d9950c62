using System.Globalization;

namespace RobustMeta.Experiments;

/// <summary>Values of spec files as TOML.</summary>
internal static class TomlText
{
    /// <summary>A value as TOML: bare where TOML reads it as a number or boolean, quoted otherwise.</summary>
    public static string Quote(string value) =>
        value is "true" or "false" ? value
        : value == "NaN" ? "nan"
        : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && double.IsFinite(x)
            ? value
        : $"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}
