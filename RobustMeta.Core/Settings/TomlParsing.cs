using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace RobustMeta.Settings;

/// <summary>Parsing of TOML whose faults are told in the words of this library.</summary>
internal static class TomlParsing
{
    /// <summary>The syntax of a text, each key and table once.</summary>
    /// <param name="file">Names the text in messages.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="SettingException">It is no TOML; the message has line and column of its first fault.</exception>
    public static DocumentSyntax Document(string file, string text)
    {
        var document = Parsed(file, text);
        return document.HasErrors && TomlFault.First(text, document.Diagnostics) is var fault
            ? throw new SettingException($"{file}:{fault.Place}: {fault.Problem}")
            : document;
    }

    // An escape that names no character is an error like any other.
    private static DocumentSyntax Parsed(string file, string text)
    {
        try
        {
            return SyntaxParser.Parse(text, file, validate: true);
        }
        // Tomlyn makes a character of what follows a backslash before it looks whether anything follows.
        catch (ArgumentOutOfRangeException)
        {
            throw new SettingException(
                $"{file}: a backslash in a quoted text names no character, or ends the file; close the text, or write '…' "
                    + "around it, where a backslash stands for itself"
            );
        }
        // The one thing that Tomlyn throws instead of noting it: lists or tables within one another beyond its limit.
        catch (TomlException)
        {
            throw new SettingException(
                $"{file}: lists or tables are nested too deeply; settings are flat: key = value"
            );
        }
    }
}
