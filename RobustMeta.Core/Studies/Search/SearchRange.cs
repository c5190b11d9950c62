using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Search;

/// <summary>The values that a search tries of one setting: an interval of numbers, or a list of texts.</summary>
public sealed class SearchRange
{
    // Half a unit on either side, so that the outermost whole numbers are as likely as the others.
    private const double Half = 0.5;

    // As many as the paper has of most settings.
    private const int GridValues = 4;

    private SearchRange(string key, double low, double high, bool isLog, bool isInteger, IEnumerable<string> choices)
    {
        (Key, Low, High, IsLog, IsInteger, Choices) = (key, low, high, isLog, isInteger, [.. choices]);
        Default = Choices.Length > 0 ? Choices[0] : Text((Start + End) / 2);
        Grid = Choices.Length > 0 ? Choices : Spaced();
    }

    /// <summary>Key of the setting.</summary>
    public string Key { get; }

    /// <summary>Smallest number.</summary>
    public double Low { get; }

    /// <summary>Largest number.</summary>
    public double High { get; }

    /// <summary>Whether equal ratios are equally likely.</summary>
    public bool IsLog { get; }

    /// <summary>Whether numbers are whole.</summary>
    public bool IsInteger { get; }

    /// <summary>The texts of which one is taken; none for numbers.</summary>
    public ImmutableArray<string> Choices { get; }

    /// <summary>The value that is tried first, and that stands where the setting does not count; it may lie outside.</summary>
    public string Default { get; private init; }

    /// <summary>
    /// The values of a grid search: those that the paper searches; where it has none, all choices, or four numbers from the smallest to the
    /// largest with equal steps (equal ratios on a logarithmic scale), rounded to whole ones where these are wanted, each once.
    /// </summary>
    public ImmutableArray<string> Grid { get; private init; }

    /// <summary>Another setting of the space, and its values, without which this one does not count; null: it always does.</summary>
    public SearchCondition? Condition { get; private init; }

    /// <summary>Whether one of a list of texts is taken.</summary>
    public bool IsChoice => Choices.Length > 0;

    /// <summary>Numbers of an interval.</summary>
    /// <param name="key">Key of the setting.</param>
    /// <param name="low">Smallest number; above 0 on a logarithmic scale.</param>
    /// <param name="high">Largest number.</param>
    /// <param name="isLog">Whether equal ratios are equally likely.</param>
    /// <param name="isInteger">Whether numbers are whole.</param>
    /// <exception cref="SettingException">The interval is empty, not finite, or reaches 0 on a logarithmic scale.</exception>
    public static SearchRange Numbers(
        string key,
        double low,
        double high,
        bool isLog = false,
        bool isInteger = false
    ) =>
        !(double.IsFinite(low) && double.IsFinite(high) && low < high)
            ? throw new SettingException(
                $"The range of {key} is {Print(low)}..{Print(high)}; expected LOW..HIGH with LOW below HIGH"
            )
        : isLog && low <= 0
            ? throw new SettingException($"The range of {key} begins at {Print(low)}; a logarithmic one begins above 0")
        : new(key, low, high, isLog, isInteger, []);

    /// <summary>A list of texts.</summary>
    /// <exception cref="SettingException">There is none, or one has a <c>/</c>, which separates the settings of a point.</exception>
    public static SearchRange Of(string key, IReadOnlyList<string> choices)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(choices);
        return choices.Count == 0 || choices.Any(c => c.Contains('/'))
            ? throw new SettingException(
                $"{key} has the choices '{string.Join('|', choices)}'; expected some, without '/'"
            )
            : new(key, double.NaN, double.NaN, false, false, choices);
    }

    /// <summary>The same range with another first value, condition and grid.</summary>
    /// <param name="first">The value that is tried first.</param>
    /// <param name="condition">Another setting, and its values, without which this one does not count; null: it always does.</param>
    /// <param name="grid">The values of a grid search; null or none: those that follow from the range.</param>
    public SearchRange With(string first, SearchCondition? condition = null, IReadOnlyList<string>? grid = null) =>
        new(Key, Low, High, IsLog, IsInteger, Choices)
        {
            Default = first,
            Condition = condition,
            Grid = grid is { Count: > 0 } ? [.. grid] : Grid,
        };

    /// <summary>Least coordinate: the number, or its logarithm.</summary>
    internal double Start => Scale(IsInteger ? Low - Half : Low);

    /// <summary>Largest coordinate.</summary>
    internal double End => Scale(IsInteger ? High + Half : High);

    /// <summary>The coordinate of a value, within the range; of a choice its position.</summary>
    internal double Coordinate(string value) =>
        IsChoice
            ? Choices.IndexOf(value)
            : Math.Clamp(Scale(double.Parse(value, CultureInfo.InvariantCulture)), Start, End);

    /// <summary>The value at a coordinate; real numbers have six digits, so that they can be read and written.</summary>
    internal string Text(double coordinate)
    {
        if (IsChoice)
        {
            return Choices[(int)coordinate];
        }
        var number = IsLog ? Math.Exp(coordinate) : coordinate;
        var rounded = IsInteger
            ? Math.Round(number)
            : double.Parse(number.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Print(Math.Clamp(rounded, Low, High));
    }

    private ImmutableArray<string> Spaced()
    {
        var (low, high) = (Scale(Low), Scale(High));
        return
        [
            .. Enumerable
                .Range(0, GridValues)
                .Select(i => Text(low + ((high - low) * i / (GridValues - 1))))
                .Distinct(),
        ];
    }

    private static string Print(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private double Scale(double number) => IsLog ? Math.Log(number) : number;
}
