using System.Collections.Immutable;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Search;

/// <summary>
/// What a search chooses from: a range for each setting. A point is the values of all settings with <c>/</c> between, in
/// the order of the ranges; a setting that does not count at a point has its default there, so that equal runs have equal points.
/// </summary>
public sealed class SearchSpace
{
    private const char Between = '/';

    /// <summary>The space of some ranges.</summary>
    /// <param name="ranges">The ranges; a range that another depends on comes first.</param>
    /// <exception cref="SettingException">There is none, a key stands twice, or a condition is on a later or unknown key.</exception>
    public SearchSpace(IReadOnlyList<SearchRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        Ranges = [.. ranges];
        var known = new HashSet<string>();
        foreach (var range in ranges)
        {
            if (range.Condition is { } condition && !known.Contains(condition.Key))
            {
                throw new SettingException(
                    $"{range.Key} counts only with {condition.Key}, which does not stand before it."
                );
            }
            if (!known.Add(range.Key))
            {
                throw new SettingException($"{range.Key} is searched twice.");
            }
        }
        if (ranges.Count == 0)
        {
            throw new SettingException(
                "There is no setting to search: none that counts here declares a range. Name settings with few values: keys A,B."
            );
        }
    }

    /// <summary>The ranges.</summary>
    public ImmutableArray<SearchRange> Ranges { get; }

    /// <summary>The keys, in the order of a point.</summary>
    public IReadOnlyList<string> Keys => [.. Ranges.Select(range => range.Key)];

    /// <summary>The point that is tried first: the value of every setting without a search.</summary>
    public string Default => string.Join(Between, Ranges.Select(range => range.Default));

    /// <summary>The space that the settings of a spec declare themselves.</summary>
    /// <param name="spec">The spec, whose values are the defaults.</param>
    /// <param name="keys">The settings to search; null: all that declare a range and count with the spec's other values.</param>
    /// <exception cref="SettingException">There is no such setting, or it declares no range and has no short list of values.</exception>
    public static SearchSpace Of(object spec, IReadOnlyList<string>? keys = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var settings = SettingList.Of(spec).ToDictionary(setting => setting.Key);
        var wanted = (keys ?? [.. settings.Values.Where(s => s.Search is not null && Counts(s)).Select(s => s.Key)])
            .Select(key =>
                settings.GetValueOrDefault(key)
                ?? throw new SettingException(
                    $"There is no setting '{key}'{NearestName.End(key, settings.Keys)} "
                        + $"Settings with a range: {string.Join(", ", settings.Values.Where(s => s.Search is not null).Select(s => s.Key))}"
                )
            )
            .ToArray();
        var searched = wanted.Select(s => s.Key).ToHashSet();
        return new([.. wanted.OrderBy(s => Depends(s, searched) ? 1 : 0).Select(s => RangeOf(s, spec, searched))]);

        bool Counts(Setting setting) =>
            setting.Condition is not { } condition
            || !settings.TryGetValue(condition.Key, out var other)
            || condition.Values.Contains(other.Print(spec));
    }

    /// <summary>The values of a point, in the order of the ranges.</summary>
    public static IReadOnlyList<string> Values(string point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return point.Split(Between);
    }

    /// <summary>Makes a point, asking for the value of each setting that counts.</summary>
    public string Point(Func<SearchRange, string> draw)
    {
        var values = new Dictionary<string, string>();
        foreach (var range in Ranges)
        {
            values[range.Key] = IsCounted(range, values) ? draw(range) : range.Default;
        }
        return string.Join(Between, Ranges.Select(range => values[range.Key]));
    }

    /// <summary>The settings that count at a point, with their values.</summary>
    public IReadOnlyDictionary<string, string> Counted(string point)
    {
        var values = Ranges.Zip(Values(point)).ToDictionary(pair => pair.First.Key, pair => pair.Second);
        return Ranges.Where(range => IsCounted(range, values)).ToDictionary(r => r.Key, r => values[r.Key]);
    }

    // A setting counts where the one that it depends on counts and has a right value.
    internal bool IsCounted(SearchRange range, IReadOnlyDictionary<string, string> values) =>
        range.Condition is not { } condition
        || (
            condition.Values.Contains(values[condition.Key])
            && IsCounted(Ranges.First(other => other.Key == condition.Key), values)
        );

    private static bool Depends(Setting setting, HashSet<string> searched) =>
        setting.Condition is { } condition && searched.Contains(condition.Key);

    private static SearchRange RangeOf(Setting setting, object spec, HashSet<string> searched)
    {
        var range =
            setting.Search is { } numbers
                ? SearchRange.Numbers(setting.Key, numbers.Low, numbers.High, setting.IsLog, setting.IsInteger)
            : setting.Choices.Count > 0 ? SearchRange.Of(setting.Key, setting.Choices)
            : throw new SettingException(
                $"{setting.Key} declares no range to search; leave it out, or list its values in a study file (tuned, values)"
            );
        var condition =
            Depends(setting, searched) && setting.Condition is { } other
                ? new SearchCondition(other.Key, other.Values)
                : null;
        return range.With(setting.Print(spec), condition, setting.PaperGrid);
    }
}
