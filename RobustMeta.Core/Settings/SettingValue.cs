using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using System.Reflection;

namespace RobustMeta.Settings;

/// <summary>Text form of the values that settings have; invariant culture, exact round trip.</summary>
internal static class SettingValue
{
    // Where a type's registry stands; the registry itself may not be made yet.
    private static readonly ConcurrentDictionary<Type, PropertyInfo?> Registries = new();

    private const string EmptyList = "none";

    public static string Print(object value) =>
        RegistryOf(value.GetType()) is { } registry
            ? registry.NameOf(value)
            : value switch
            {
                double x => x.ToString("R", CultureInfo.InvariantCulture),
                bool x => x ? "true" : "false",
                Enum x => CamelCase(x.ToString()),
                IReadOnlyList<double> { Count: 0 } => EmptyList,
                IReadOnlyList<double> xs => string.Join(",", xs.Select(x => Print(x))),
                IReadOnlyList<string> { Count: 0 } => EmptyList,
                IReadOnlyList<string> xs => string.Join(",", xs),
                IFormattable x => x.ToString(null, CultureInfo.InvariantCulture),
                _ => value.ToString() ?? "",
            };

    // What the type is called in help and errors.
    public static string Describe(Type type) =>
        RegistryOf(type) is { } registry ? string.Join(" | ", registry.Names)
        : type.IsEnum ? string.Join(" | ", Enum.GetNames(type).Select(CamelCase))
        : type == typeof(int) || type == typeof(long) ? "integer"
        : type == typeof(double) ? "number"
        : type == typeof(bool) ? "true | false"
        : type == typeof(IReadOnlyList<double>) ? "numbers, comma-separated"
        : type == typeof(IReadOnlyList<string>) ? "names, comma-separated"
        : "text";

    // All values of a type that has few; none for others.
    public static IReadOnlyList<string> Choices(Type type) =>
        RegistryOf(type) is { } registry ? [.. registry.Names]
        : type.IsEnum ? [.. Enum.GetNames(type).Select(CamelCase)]
        : type == typeof(bool) ? ["false", "true"]
        : [];

    // Null where the text is no value of the type.
    public static object? Parse(Type type, string text)
    {
        var invariant = CultureInfo.InvariantCulture;
        if (RegistryOf(type) is { } registry)
        {
            return registry.Named(text);
        }
        if (type == typeof(string))
        {
            return text;
        }
        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out var x) ? x : null;
        }
        if (type == typeof(long))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out var x) ? x : null;
        }
        if (type == typeof(double))
        {
            return double.TryParse(text, NumberStyles.Float, invariant, out var x) ? x : null;
        }
        if (type == typeof(bool))
        {
            return bool.TryParse(text, out var x) ? x : null;
        }
        if (type.IsEnum)
        {
            return
                Enum.GetNames(type).FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name
                ? Enum.Parse(type, name)
                : null;
        }
        if (type == typeof(IReadOnlyList<string>))
        {
            return Parts(text);
        }
        if (type == typeof(IReadOnlyList<double>))
        {
            var numbers = Parts(text).Select(part => Parse(typeof(double), part)).ToArray();
            return numbers.Contains(null) ? null : numbers.Cast<double>().ToArray();
        }
        throw new NotSupportedException($"Settings of type {type} have no text form.");
    }

    /// <summary>A clause about a whole number that is beyond what its type holds, or nothing.</summary>
    public static string Limit(Type type, string text) =>
        (type == typeof(int) || type == typeof(long))
        && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? Limit(
                type == typeof(int) ? int.MinValue : long.MinValue,
                type == typeof(int) ? int.MaxValue : long.MaxValue,
                number
            )
            : "";

    /// <summary>The registry of a concept's kinds: the static property <c>Registry</c> of its base type; null without one.</summary>
    public static IRegistry? RegistryOf(Type type) =>
        Registries.GetOrAdd(type, PropertyOf)?.GetValue(null) as IRegistry;

    private static string Limit(BigInteger low, BigInteger high, BigInteger number) =>
        number > high ? string.Create(CultureInfo.InvariantCulture, $" (whole numbers end at {high})")
        : number < low ? string.Create(CultureInfo.InvariantCulture, $" (whole numbers begin at {low})")
        : "";

    private static PropertyInfo? PropertyOf(Type type)
    {
        for (var at = type; at is not null; at = at.BaseType)
        {
            if (
                at.GetProperty("Registry", BindingFlags.Public | BindingFlags.Static) is { } found
                && found.PropertyType.IsAssignableTo(typeof(IRegistry))
            )
            {
                return found;
            }
        }
        return null;
    }

    public static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string[] Parts(string text) =>
        text == EmptyList
            ? []
            : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
