namespace RobustMeta.Settings;

/// <summary>What the TOML library does not answer with an error of its own.</summary>
internal static class TomlParsing
{
    /// <summary>The result of parsing; an escape that names no character is an error like any other.</summary>
    /// <param name="place">Begins the message: the name of the file and a colon, or nothing.</param>
    /// <param name="parse">Parses the text.</param>
    /// <exception cref="SettingException">A backslash in a quoted text is the last character of the file, or names no character.</exception>
    public static T Checked<T>(string place, Func<T> parse)
    {
        try
        {
            return parse();
        }
        // Tomlyn makes a character of what follows a backslash before it looks whether anything follows.
        catch (ArgumentOutOfRangeException)
        {
            throw new SettingException(
                $"{place}a backslash in a quoted text names no character, or ends the file; close the text, or write '…' "
                    + "around it, where a backslash stands for itself"
            );
        }
    }
}
