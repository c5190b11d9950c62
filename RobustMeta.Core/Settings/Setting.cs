using System.Collections.Immutable;
using System.Reflection;

namespace RobustMeta.Settings;

/// <summary>One setting of a spec (or of a spec inside it).</summary>
public sealed class Setting
{
    private readonly ImmutableArray<PropertyInfo> path;
    private readonly SettingAttribute attribute;

    // Copies classes of C# and F# as well as records.
    private static readonly MethodInfo Clone = typeof(object).GetMethod(
        nameof(MemberwiseClone),
        BindingFlags.Instance | BindingFlags.NonPublic
    )!;

    internal Setting(ImmutableArray<PropertyInfo> path, SettingAttribute attribute)
    {
        this.path = path;
        this.attribute = attribute;
        Key = attribute.Key ?? SettingValue.CamelCase(path[^1].Name);
    }

    /// <summary>The key on the command line and in spec files.</summary>
    public string Key { get; }

    /// <summary>The spec that declares it.</summary>
    internal Type Owner => path[^1].DeclaringType!;

    /// <summary>Meaning, in one line.</summary>
    public string Meaning => attribute.Meaning;

    /// <summary>Type and range, in words.</summary>
    public string Range
    {
        get
        {
            var type =
                attribute.Except.Length > 0
                    ? string.Join(" | ", Choices)
                    : SettingValue.Describe(path[^1].PropertyType);
            var low = SettingValue.Print(attribute.Min);
            var high = SettingValue.Print(attribute.Max);
            return (double.IsFinite(attribute.Min), double.IsFinite(attribute.Max)) switch
            {
                (true, true) => $"{type}, {low} to {high}",
                (true, false) => $"{type}, at least {low}",
                (false, true) => $"{type}, at most {high}",
                _ => type,
            };
        }
    }

    /// <summary>
    /// Whether the value is one of the kinds of a concept: it is named on the command line, and its own settings stand beside
    /// those of the spec.
    /// </summary>
    public bool IsChoice => SettingValue.RegistryOf(path[^1].PropertyType) is not null;

    /// <summary>Whether a value is a whole number, so that a search rounds.</summary>
    public bool IsInteger => path[^1].PropertyType is var type && (type == typeof(int) || type == typeof(long));

    /// <summary>The values of a setting that has few, as text: of kinds, enumerations and switches; none for others.</summary>
    public IReadOnlyList<string> Choices =>
        [.. SettingValue.Choices(path[^1].PropertyType).Where(choice => !attribute.Except.Contains(choice))];

    /// <summary>Smallest and largest value that a search tries; null where none are declared.</summary>
    public (double Low, double High)? Search =>
        FirstGiven(attribute.Low, attribute.Grid.DefaultIfEmpty(double.NaN).Min()) is var low
        && FirstGiven(attribute.High, attribute.Grid.DefaultIfEmpty(double.NaN).Max()) is var high
        && low <= high
            ? (low, high)
            : null;

    /// <summary>Whether a search takes equal ratios for equal distances.</summary>
    public bool IsLog => attribute.IsLog;

    /// <summary>The values that the paper searches, as text; none where it does not.</summary>
    public IReadOnlyList<string> PaperGrid => [.. attribute.Grid.Select(value => SettingValue.Print(value))];

    /// <summary>The setting, and its values, without which this one changes nothing; null where it always counts.</summary>
    public (string Key, IReadOnlyList<string> Values)? Condition =>
        attribute.When is { } key ? (key, attribute.WhenIs) : null;

    /// <summary>The value that a spec has, as text.</summary>
    public string Print(object spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return SettingValue.Print(path.Aggregate(spec, (o, p) => p.GetValue(o)!));
    }

    /// <summary>Requires that the value is within its range, as where it is given as text.</summary>
    /// <exception cref="SettingException">It is not, or is null.</exception>
    internal void RequireInRange(object spec)
    {
        object? owner = spec;
        foreach (var property in path)
        {
            owner = property.GetValue(owner!) ?? throw new SettingException($"{Key} is null; expected {Range}");
        }
        Require(owner!);
    }

    /// <summary>A copy of the spec with another value.</summary>
    /// <exception cref="SettingException">The text is no value of this setting, or out of its range.</exception>
    internal object With(object spec, string text)
    {
        var type = path[^1].PropertyType;
        // Naming the kind that is there keeps its settings.
        if (IsChoice && Print(spec).Equals(text, StringComparison.OrdinalIgnoreCase))
        {
            return spec;
        }
        var value =
            SettingValue.Parse(type, text)
            ?? throw new SettingException(
                $"{Key} is '{text}'; expected {Range}{(double.IsFinite(attribute.Max) ? "" : SettingValue.Limit(type, text))}"
                    + (type.IsEnum ? NearestName.Hint(text, Enum.GetNames(type).Select(SettingValue.CamelCase)) : "")
            );
        Require(value);
        return Replace(spec, 0, value);
    }

    private static double FirstGiven(double given, double other) => double.IsNaN(given) ? other : given;

    private void Require(object value)
    {
        IEnumerable<double> numbers = value switch
        {
            int x => [x],
            long x => [x],
            // NaN stands for "not given", and is allowed where a setting declares no least value.
            double x => double.IsNaN(x) && double.IsNegativeInfinity(attribute.Min) ? [] : [x],
            IReadOnlyList<double> xs => xs,
            _ => [],
        };
        foreach (var number in numbers)
        {
            if (!(double.IsFinite(number) && number >= attribute.Min && number <= attribute.Max))
            {
                throw new SettingException($"{Key} is {SettingValue.Print(number)}; expected {Range}");
            }
        }
    }

    // Specs are immutable: every spec on the path is copied, then its property set.
    private object Replace(object spec, int depth, object value)
    {
        var copy = Clone.Invoke(spec, null)!;
        var property = path[depth];
        property.SetValue(copy, depth == path.Length - 1 ? value : Replace(property.GetValue(spec)!, depth + 1, value));
        return copy;
    }
}
