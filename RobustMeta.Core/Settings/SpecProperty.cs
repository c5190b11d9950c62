using System.Collections.Immutable;
using System.Reflection;

namespace RobustMeta.Settings;

/// <summary>A property of a spec's type that is a setting, holds further settings, or both.</summary>
/// <param name="Property">The property.</param>
/// <param name="Declaration">Its declaration as a setting; null where it is none.</param>
/// <param name="IsInner">Whether the settings of its value are settings of the spec: it holds a spec, or chooses a kind.</param>
internal sealed record SpecProperty(PropertyInfo Property, SettingAttribute? Declaration, bool IsInner)
{
    /// <summary>Those of a type, in order of declaration.</summary>
    /// <exception cref="InvalidOperationException">The type is declared wrongly.</exception>
    public static ImmutableArray<SpecProperty> All(Type type) =>
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(Of)
                .Where(property => property.Declaration is not null || property.IsInner),
        ];

    /// <summary>The spec that the property holds, or the kind that it chooses.</summary>
    /// <exception cref="InvalidOperationException">It is null.</exception>
    public object InnerOf(object spec) =>
        Property.GetValue(spec)
        ?? throw new InvalidOperationException($"{Place(Property)} is null; a spec has a value for every part.");

    private static SpecProperty Of(PropertyInfo property)
    {
        var setting = property.GetCustomAttribute<SettingAttribute>();
        if (setting is not null && property.SetMethod is null)
        {
            throw new InvalidOperationException(
                $"{Place(property)} is a setting that cannot be set: give it an init (in F#: with get, set)."
            );
        }
        return new(property, setting, HoldsSettings(property, setting is not null));
    }

    private static bool HoldsSettings(PropertyInfo property, bool isSetting)
    {
        var isChoice = SettingValue.RegistryOf(property.PropertyType) is not null;
        if (isSetting ? !isChoice : IsLeftOut(property))
        {
            return false;
        }
        // A value of another type would be in no spec file and no hash.
        return isChoice || property.PropertyType.IsAssignableTo(typeof(ISpec))
            ? true
            : throw new InvalidOperationException(
                $"{Place(property)} can be set, but is no setting and no spec: runs that differ in it would have the same "
                    + "hash. Give it a [Setting(meaning)], let its type implement ISpec, or mark it [NotASetting]."
            );
    }

    // Whether the property is no part of the spec: nobody can set it, or its author says so.
    private static bool IsLeftOut(PropertyInfo property) =>
        property.SetMethod is not { IsPublic: true } || property.IsDefined(typeof(NotASettingAttribute));

    private static string Place(PropertyInfo property) => $"{property.DeclaringType}.{property.Name}";
}
