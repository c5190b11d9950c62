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
        var document = Checked($"{file}: ", () => SyntaxParser.Parse(text, file, validate: true));
        return document.HasErrors && TomlFault.First(text, document.Diagnostics) is var fault
            ? throw new SettingException($"{file}:{fault.Line}:{fault.Column}: {fault.Problem}")
            : document;
    }

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
