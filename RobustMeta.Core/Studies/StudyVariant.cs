using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// Variants of a study in its own file: the tables <c>[variant.NAME.…]</c> stand in place of the study's. A variant that
/// names data sets, shifts, base models, methods or sweeps has these and no others; keys above all tables and those of
/// <c>[shared]</c> are taken one by one.
/// </summary>
internal static class StudyVariant
{
    private const string Prefix = "variant.";
    private static readonly string[] Axes = ["data", "shift", "base", "cell", "method", "sweep", "tuning"];

    /// <summary>The tables of the study itself, or of one of its variants.</summary>
    /// <param name="file">Names the file in messages.</param>
    /// <param name="tables">All tables of the file.</param>
    /// <param name="variant">Name of the variant; null: the study itself.</param>
    /// <exception cref="SettingException">There is no such variant.</exception>
    public static IReadOnlyList<StudyTable> Tables(string file, IReadOnlyList<StudyTable> tables, string? variant)
    {
        StudyTable[] own = [.. tables.Where(table => !IsVariant(table))];
        if (variant is null)
        {
            return own;
        }
        StudyTable[] others =
        [
            .. tables
                .Where(table => IsVariant(table) && NameOf(table) == variant)
                .Select(table => table with { Name = table.Name[(Prefix.Length + variant.Length)..].TrimStart('.') }),
        ];
        if (others.Length == 0)
        {
            var known = tables.Where(IsVariant).Select(NameOf).Distinct().ToArray();
            throw new SettingException(
                $"{file}: there is no variant '{variant}'{NearestName.End(variant, known)} "
                    + (known.Length == 0 ? "The study has none." : $"Variants: {string.Join(", ", known)}")
            );
        }
        var replaced = Axes.Where(axis => others.Any(table => Kind(table) == axis)).ToHashSet();
        if (replaced.Overlaps(["data", "base"]))
        {
            // Cells are of the study's own data sets and base models.
            replaced.Add("cell");
        }
        IEnumerable<StudyTable> kept = own.Where(table => !replaced.Contains(Kind(table)));
        return [.. kept.Select(table => Merge(table, others)), .. others.Where(table => !IsIn(table, kept))];
    }

    private static bool IsVariant(StudyTable table) => table.Name.StartsWith(Prefix, StringComparison.Ordinal);

    private static string NameOf(StudyTable table) => table.Name[Prefix.Length..].Split('.')[0];

    private static string Kind(StudyTable table) => table.Name.Split('.')[0];

    private static bool IsIn(StudyTable table, IEnumerable<StudyTable> tables) =>
        tables.Any(other => other.Name == table.Name);

    private static StudyTable Merge(StudyTable table, IEnumerable<StudyTable> others)
    {
        var over = others.Where(other => other.Name == table.Name).SelectMany(other => other.Entries).ToArray();
        return table with { Entries = [.. table.Entries.Where(e => over.All(o => o.Key != e.Key)), .. over] };
    }
}
