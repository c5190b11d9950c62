using System.Globalization;
using RobustMeta.Settings;
using Tomlyn.Syntax;

namespace RobustMeta.Studies;

/// <summary>A table of a study file, with the places where its keys stand.</summary>
/// <param name="Name">Its name, nested names joined by points; empty for the keys above all tables.</param>
/// <param name="Place">Where its header stands.</param>
/// <param name="Entries">Its keys, in order.</param>
internal sealed record StudyTable(string Name, TomlPlace Place, IReadOnlyList<StudyEntry> Entries)
{
    /// <summary>Kinds of tables that have names of their own.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["data", "shift", "base", "cell", "method", "sweep"];

    /// <summary>How the header of a table is written: of a kind alone, with what stands for the name.</summary>
    public static string Form(string name) =>
        name == "cell" ? "cell.DATA.BASE"
        : Kinds.Contains(name) ? $"{name}.NAME"
        : name;

    /// <summary>The tables of a text, in order, the keys above all tables first.</summary>
    /// <param name="file">Names the text in messages.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="SettingException">The text is no TOML, or is nested where settings are flat.</exception>
    public static IReadOnlyList<StudyTable> Read(string file, string text)
    {
        var document = TomlParsing.Document(file, text);
        var tables = new List<StudyTable> { new("", TomlPlace.Beginning, EntriesOf(file, document.KeyValues)) };
        foreach (var table in document.Tables)
        {
            if (table is not TableSyntax)
            {
                throw new SettingException(
                    $"{file}:{PlaceOf(table)}: [[{NameOf(table.Name!)}]] is a list of tables; expected [{Form(NameOf(table.Name!))}]"
                );
            }
            tables.Add(new(NameOf(table.Name!), PlaceOf(table), EntriesOf(file, table.Items)));
        }
        return tables;
    }

    private static StudyEntry[] EntriesOf(string file, IEnumerable<KeyValueSyntax> items) =>
        [
            .. items.Select(item =>
            {
                var place = PlaceOf(item);
                var key = NameOf(item.Key!);
                SyntaxNode?[] values = item.Value is ArraySyntax list
                    ? [.. list.Items.Select(element => element.Value)]
                    : [item.Value];
                return new StudyEntry(
                    key,
                    [.. values.Select(value => TextOf(file, key, value))],
                    item.Value is ArraySyntax,
                    place,
                    values.FirstOrDefault(value => value is StringValueSyntax) is { } text ? PlaceOf(text) : null
                );
            }),
        ];

    private static TomlPlace PlaceOf(SyntaxNode node) => new(node.Span.Start.Line + 1, node.Span.Start.Column + 1);

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
                $"{file}:{(value is null ? TomlPlace.Beginning : PlaceOf(value))}: '{key}' is neither text, number, true or false, nor a "
                    + "list of those"
            ),
        };
}
