using System.Globalization;
using RobustMeta.Settings;
using Tomlyn.Syntax;

namespace RobustMeta.Studies;

/// <summary>A table of a study file, with the lines that its keys stand on.</summary>
/// <param name="Name">Its name, nested names joined by points; empty for the keys above all tables.</param>
/// <param name="Line">Line of its header, from 1.</param>
/// <param name="Entries">Its keys, in order.</param>
internal sealed record StudyTable(string Name, int Line, IReadOnlyList<StudyEntry> Entries)
{
    /// <summary>The tables of a text, in order, the keys above all tables first.</summary>
    /// <param name="file">Names the text in messages.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="SettingException">The text is no TOML, or is nested where settings are flat.</exception>
    public static IReadOnlyList<StudyTable> Read(string file, string text)
    {
        var document = TomlParsing.Document(file, text);
        var tables = new List<StudyTable> { new("", 1, EntriesOf(file, document.KeyValues)) };
        foreach (var table in document.Tables)
        {
            if (table is not TableSyntax)
            {
                throw new SettingException(
                    $"{file}:{LineOf(table)}: [[{NameOf(table.Name!)}]] is a list of tables; expected [{NameOf(table.Name!)}]"
                );
            }
            tables.Add(new(NameOf(table.Name!), LineOf(table), EntriesOf(file, table.Items)));
        }
        return tables;
    }

    private static StudyEntry[] EntriesOf(string file, IEnumerable<KeyValueSyntax> items) =>
        [
            .. items.Select(item =>
            {
                var line = LineOf(item);
                var key = NameOf(item.Key!);
                SyntaxNode?[] values = item.Value is ArraySyntax list
                    ? [.. list.Items.Select(element => element.Value)]
                    : [item.Value];
                return new StudyEntry(
                    key,
                    [.. values.Select(value => TextOf(file, key, value))],
                    item.Value is ArraySyntax,
                    line,
                    values.Any(value => value is StringValueSyntax)
                );
            }),
        ];

    private static int LineOf(SyntaxNode node) => node.Span.Start.Line + 1;

    private static string NameOf(KeySyntax key) =>
        string.Join('.', key.DotKeys.Select(dotted => dotted.Key).Prepend(key.Key).Select(NameOf));

    private static string NameOf(BareKeyOrStringValueSyntax? key) =>
        key switch
        {
            BareKeySyntax bare => bare.Key!.Text!,
            StringValueSyntax quoted => quoted.Value!,
            _ => "",
        };

    private static string TextOf(string file, string key, SyntaxNode? value) =>
        value switch
        {
            StringValueSyntax x => x.Value!,
            IntegerValueSyntax x => x.Value.ToString(CultureInfo.InvariantCulture),
            FloatValueSyntax x => x.Value.ToString("R", CultureInfo.InvariantCulture),
            BooleanValueSyntax x => x.Value ? "true" : "false",
            _ => throw new SettingException(
                $"{file}:{(value is null ? 0 : LineOf(value))}: '{key}' is neither text, number, true or false, nor a "
                    + "list of those"
            ),
        };
}
