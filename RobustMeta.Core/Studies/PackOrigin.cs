using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>What of a study a pack was made of, as its summary says; null in packs of versions that did not say it.</summary>
internal sealed record PackOrigin
{
    /// <summary>As <see cref="StudySummary.Variant"/>.</summary>
    public string? Variant { get; init; }

    /// <summary>As <see cref="StudySummary.Overrides"/>.</summary>
    public IReadOnlyList<(string Key, string Value)>? Overrides { get; init; }

    /// <summary>Refuses a pack of another variant, or of other settings of its runs than are given.</summary>
    /// <param name="spec">The study as it is to be reported.</param>
    /// <param name="folder">The pack.</param>
    /// <exception cref="SettingException">It is one; the message names the key.</exception>
    public void Require(StudySpec spec, string folder)
    {
        if (Variant is { } own && own != spec.Variant)
        {
            throw new SettingException(
                own.Length == 0
                    ? $"The summary in '{folder}' was made of the study itself, not of its variant '{spec.Variant}': leave '{spec.Variant}' "
                        + "out, or name the pack of the variant"
                    : $"The summary in '{folder}' was made of the variant '{own}': report it with variant {own}, or name another pack"
            );
        }
        foreach (var (key, value) in spec.Overrides.Where(given => !(Overrides ?? []).Contains(given)))
        {
            var made = (Overrides ?? []).FirstOrDefault(setting => setting.Key == key).Value;
            throw new SettingException(
                $"{key} is given as '{value}', and the summary in '{folder}' was made "
                    + (made is null ? $"without '{key}'" : $"with {key} {made}")
                    + $": leave '{key}' out, or report from runs that were made with it"
            );
        }
    }
}
