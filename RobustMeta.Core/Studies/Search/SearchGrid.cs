using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Search;

/// <summary>
/// The points of a space that a grid search tries: every combination of the values of <see cref="SearchRange.Grid"/>. A setting that does
/// not count at a point has its default there, so that no run is made twice.
/// </summary>
public static class SearchGrid
{
    /// <summary>The most points of a grid.</summary>
    public const int MostPoints = 10_000;

    /// <summary>The points: the default first, whether or not the grid has it; then the others, the last setting varying fastest.</summary>
    /// <param name="space">What is searched.</param>
    /// <exception cref="SettingException">There are more than <see cref="MostPoints"/>.</exception>
    public static IReadOnlyList<string> Of(SearchSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        var size = Size(space, 0, ImmutableDictionary<string, string>.Empty);
        if (size > MostPoints)
        {
            throw new SettingException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The grid of {string.Join(", ", space.Keys)} has {size:N0} points; expected at most {MostPoints:N0}. Search fewer "
                        + $"settings (keys {string.Join(',', space.Keys.Take(2))}), or take the tuner random, tpe or asha"
                )
            );
        }
        IEnumerable<ImmutableDictionary<string, string>> points = [ImmutableDictionary<string, string>.Empty];
        foreach (var range in space.Ranges)
        {
            points = points.SelectMany(
                point => ValuesOf(space, range, point),
                (point, value) => point.SetItem(range.Key, value)
            );
        }
        var texts = points.Select(point => space.Point(range => point[range.Key])).ToArray();
        return [space.Default, .. texts.Where(text => text != space.Default)];
    }

    // Only the values of a setting on which others depend have to be gone through one by one.
    private static BigInteger Size(SearchSpace space, int index, ImmutableDictionary<string, string> point)
    {
        if (index == space.Ranges.Length)
        {
            return BigInteger.One;
        }
        var range = space.Ranges[index];
        var values = ValuesOf(space, range, point);
        var isCondition = space.Ranges.Any(other => other.Condition?.Key == range.Key);
        return isCondition
            ? values.Aggregate(BigInteger.Zero, (sum, value) => sum + After(value))
            : values.Count * After(values[0]);

        BigInteger After(string value) => Size(space, index + 1, point.SetItem(range.Key, value));
    }

    private static IReadOnlyList<string> ValuesOf(
        SearchSpace space,
        SearchRange range,
        IReadOnlyDictionary<string, string> point
    ) => space.IsCounted(range, point) ? range.Grid : [range.Default];
}
