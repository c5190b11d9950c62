using System.Globalization;
using System.Text.RegularExpressions;
using Tomlyn.Syntax;

namespace RobustMeta.Settings;

/// <summary>A place where a text is no TOML: what stands there, what was expected, and what would be right.</summary>
/// <param name="Place">Where.</param>
/// <param name="Problem">The sentence.</param>
internal sealed partial record TomlFault(TomlPlace Place, string Problem)
{
    private const string Typographic = "“”‘’„";
    private const string Values = "a number, true or false, text in quotes, or a list in [ ]";

    /// <summary>The first fault of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="found">What the parser says; at least one error.</param>
    public static TomlFault First(string text, IEnumerable<DiagnosticMessage> found)
    {
        var first = found
            .Where(one => one.Kind == DiagnosticMessageKind.Error)
            .OrderBy(one => (one.Span.Start.Line, one.Span.Start.Column))
            .First();
        var start = first.Span.Start;
        var lines = text.Split('\n');
        var line = start.Line < lines.Length ? lines[start.Line].TrimEnd('\r') : "";
        var column = Math.Min(start.Column, line.Length);
        return new(new(start.Line + 1, column + 1), Sentence(first.Message, line, column));
    }

    // By the parser's sentences, of which the part that is no name or number tells what is wrong.
    private static string Sentence(string message, string line, int column)
    {
        var rest = line[column..];
        var found = rest.Trim().Length == 0 ? "the end of the line" : $"'{Word(rest)}'";
        bool Says(string part) => message.Contains(part, StringComparison.Ordinal);
        return Says("Expecting `=` after a key")
                ? $"after the key '{line[..column].Trim()}' stands {found}; expected '=' and a value, e.g. lr = 0.1"
            : Says("for a value") || Says("expecting a value") ? Value(line, column)
            : Says("while expecting token `newline`") ? AfterValue(line, column, found)
            : Says("while expecting `]")
                ? Header(line, column, Says("`]]`") && !Says("while expecting `]`") ? "]]" : "]")
            : Says("inline table")
                ? $"a table in {{ }} has no end before {found}; expected '}}', or its settings in lines below a header"
            : Says("for a base key")
                ? $"a name is missing before {found}; expected letters, digits, - and _, or text in quotes"
            : Says("to separate items in an array")
                ? $"between the values of a list stands {found}; expected ',' between values, or ']' where the list ends"
            : Says("a closing `]` for an array") ? $"the list has no end before {found}; expected ']'"
            : Says("End-Of-File") || Says("newline in a string")
                ? "a text has a quote where it begins and none where it ends; expected the same quote there"
            : Says("is already defined") ? Repeated(message)
            : Says("Unexpected leading zero")
                ? $"'{Word(rest)}' is no number, since it begins with a zero; expected {Bare(Word(rest))}"
            : Says("Unexpected escape character") || Says("Invalid escape")
                ? $"a backslash before {found} stands for no character; expected two of them for one backslash, or the text "
                    + "between ' ', where each stands for itself"
            : Says("Multiple leading 0") ? "a number begins with zeros; expected it without them"
            : Says("Unable to parse") || Says("date time")
                ? $"'{Short(Word(rest))}' is too large for a number, or no date; expected e.g. 5, 0.5 or 1e-3"
            : Says("Invalid control character") ? "a text holds a control character; expected it as an escape, e.g. \\t"
            : Says("digit") ? NoNumber(Last(line[..column]))
            : Says("Unexpected token [") ? Beginning(rest)
            : $"the text is no TOML: {message}";
    }

    private static string Value(string line, int column)
    {
        var (rest, key) = (line[column..], KeyOf(line));
        var word = Word(rest);
        if (rest.Trim().Length == 0 || word.StartsWith('#'))
        {
            return $"'{key}' has no value; expected {Values}";
        }
        if (word.ToLowerInvariant() is "true" or "false")
        {
            return $"'{word}' is no value; expected {word.ToLowerInvariant()}";
        }
        if (char.IsLetter(word[0]))
        {
            var isInList = line[..column].Contains('[', StringComparison.Ordinal);
            var text = isInList ? word : rest.Split('#')[0].Trim();
            return $"'{Short(text)}' stands without quotes; expected {(isInList ? "" : $"{key} = ")}\"{Short(text)}\"";
        }
        if (Typographic.Contains(word[0], StringComparison.Ordinal))
        {
            var text = rest.Split('#')[0].Trim([.. Typographic, ' ']);
            return $"'{word[0]}' is no quote of TOML; expected {key} = \"{Short(text)}\"";
        }
        return word[0] switch
        {
            '.' or '+' or '-' or (>= '0' and <= '9') => NoNumber(word),
            _ => $"'{Short(word)}' is no value of '{key}'; expected {Values}",
        };
    }

    private static string AfterValue(string line, int column, string found)
    {
        if (line.TrimStart().StartsWith('['))
        {
            return $"after the header stands {found}; expected the end of the line";
        }
        var key = KeyOf(line);
        if (DecimalComma().Match(line) is { Success: true } comma && comma.Groups["comma"].Index == column)
        {
            var (whole, part) = (comma.Groups["whole"].Value, comma.Groups["part"].Value);
            return $"'{whole},{part}' is no number; expected {key} = {whole}.{part}, or a list, {key} = [{whole}, {part}]";
        }
        return $"after the value of '{key}' stands {found}; expected the end of the line (a text of several words stands in quotes, several "
            + "values in [ ])";
    }

    private static string Header(string line, int column, string closing)
    {
        var before = line[..column].TrimEnd();
        return line[column..].Trim().Length == 0
            ? $"the header '{Short(before.Trim())}' has no end; expected {Short(before.Trim())}{closing}"
            : $"after '{Short(before.Trim())}' stands '{Word(line[column..])}'; expected '{closing}', the end of the header (a name with "
                + "blanks stands in quotes)";
    }

    private static string Repeated(string message)
    {
        var match = Definition().Match(message);
        return match.Success
            ? $"'{match.Groups["key"].Value}' stands in line {match.Groups["line"].Value} already; expected it once, so delete one of them"
            : message;
    }

    private static string Beginning(string rest) =>
        rest.Length == 0 ? "a character here has no meaning; expected key = value, [header] or # comment"
        : rest[0] == '=' ? "the key before '=' is missing; expected e.g. lr = 0.1"
        : rest[0] is '/' or ';' ? $"'{rest[0]}' begins no comment; expected '#'"
        : char.IsControl(rest[0])
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"there is the control character {(int)rest[0]:X4}; expected key = value, [header] or # comment"
            )
        : $"'{Short(Word(rest))}' begins no key; expected letters, digits, - and _ (others stand in quotes), [header] or # comment";

    private static string NoNumber(string word) => $"'{Short(word)}' is no number; expected e.g. 5, 0.5 or 1e-3";

    private static string KeyOf(string line) => Short(line.Split('=')[0].Trim());

    // Up to a blank or a comma; a bracket alone is a word.
    private static string Word(string rest)
    {
        var text = rest.Trim();
        return text.StartsWith("]]", StringComparison.Ordinal) ? "]]"
            : text.Split(' ', '\t', ',', ']')[0] is { Length: > 0 } word ? word
            : text.Length > 0 ? text[..1]
            : "";
    }

    private static string Last(string before) => before.Trim().Split(' ', '\t', '=', '[', ',')[^1];

    private static string Bare(string number) => number.TrimStart('0') is { Length: > 0 } rest ? rest : "0";

    private static string Short(string text) => text.Length <= 40 ? text : $"{text[..39]}…";

    [GeneratedRegex(@"=\s*(?<whole>[+-]?\d+)(?<comma>,)\s*(?<part>\d+)\s*(#.*)?$")]
    private static partial Regex DecimalComma();

    [GeneratedRegex(@"The key `(?<key>.+?)` is already defined at \((?<line>\d+),")]
    private static partial Regex Definition();
}
