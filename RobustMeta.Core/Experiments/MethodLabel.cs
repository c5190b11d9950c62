using RobustMeta.Settings;

namespace RobustMeta.Experiments;

/// <summary>Names of methods in results: they stand in tables and in names of files.</summary>
public static class MethodLabel
{
    /// <summary>Refuses a name that results cannot hold.</summary>
    /// <param name="label">The name.</param>
    /// <exception cref="SettingException">It is empty or blank, or has a comma, quote, slash or line break.</exception>
    public static void Require(string label)
    {
        if (label.AsSpan().ContainsAny(",\"\r\n/\\") || string.IsNullOrWhiteSpace(label))
        {
            throw new SettingException(
                $"method is '{label}'; expected a name without commas, quotes, slashes and line breaks"
            );
        }
    }
}
