using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// Reads a study from a TOML file:
/// <list type="bullet">
/// <item>above all tables: <c>seeds</c>, and <c>tuningSeed</c> where something is tuned, <c>figures</c>: names of the
/// report's figures, where they are not simply those that the results allow</item>
/// <item><c>[shared]</c>: settings of every run; <c>[tuning]</c>: <c>tuned</c> and <c>values</c> of the shared stage</item>
/// <item><c>[data.NAME]</c>, <c>[shift.NAME]</c>, <c>[base.NAME]</c>: settings, and <c>seeds</c> or <c>methods</c> of its
/// own</item>
/// <item><c>[cell.DATA.BASE]</c>: <c>seeds</c></item>
/// <item><c>[method.NAME]</c>: settings, and <c>tuned</c> with <c>values</c></item>
/// <item><c>[sweep.NAME]</c>: keys with lists of values, <c>methods</c> and <c>bases</c></item>
/// <item><c>[variant.NAME.…]</c>: what is different in a variant, e.g. a quick one</item>
/// </list>
/// </summary>
public static class StudyFile
{
    /// <summary>The study of a file.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="variant">Name of a variant in it, or null.</param>
    /// <exception cref="SettingException">
    /// Something is not valid; the message names file, line, column, table and key, and the nearest valid name.
    /// </exception>
    public static StudySpec Read(string file, string? variant = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Parse(file, SettingsText.Read(file, "a study file"), variant);
    }

    /// <summary>The study of a text.</summary>
    /// <param name="file">Names the text in messages; its name without folder and ending is the study's.</param>
    /// <param name="text">The text.</param>
    /// <param name="variant">Name of a variant in it, or null.</param>
    /// <exception cref="SettingException">As <see cref="Read"/>.</exception>
    public static StudySpec Parse(string file, string text, string? variant = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(text);
        var tables = StudyVariant.Tables(file, StudyTable.Read(file, text), variant);
        var name = Path.GetFileNameWithoutExtension(file);
        var spec = new StudyReader(file, tables).Spec() with
        {
            Name = variant is null ? name : $"{name}-{variant}",
            Variant = variant ?? "",
            Text = text,
        };
        StudyCheck.RequireRuns(file, spec, tables);
        return spec;
    }

    /// <summary>Seeds as the command line and files give them, e.g. <c>1,2,3</c>.</summary>
    /// <param name="key">What the words were given for, for messages.</param>
    /// <param name="words">A seed each.</param>
    /// <exception cref="SettingException">One is no integer, or stands twice.</exception>
    public static IReadOnlyList<long> Seeds(string key, IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(words);
        long[] seeds =
        [
            .. words.Select(word =>
                long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed)
                    ? seed
                    : throw new SettingException(
                        $"'{key}' is {string.Join(',', words)}; expected integers{SettingValue.Limit(typeof(long), word)}"
                    )
            ),
        ];
        return seeds.Distinct().Count() == seeds.Length
            ? seeds
            : throw new SettingException($"'{key}' names a seed twice: {string.Join(',', words)}");
    }
}
