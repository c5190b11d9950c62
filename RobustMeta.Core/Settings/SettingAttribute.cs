namespace RobustMeta.Settings;

/// <summary>
/// Makes a property of a spec record a setting: its camelCase name is the key on the command line and in spec files,
/// its initial value the default. This is the only place where a setting is described.
/// </summary>
/// <param name="meaning">Meaning, in one line, for <c>help</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string meaning) : Attribute
{
    /// <summary>Meaning, in one line.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>The key, where it is not the camelCase name of the property; or null.</summary>
    public string? Key { get; init; }

    /// <summary>Smallest number allowed.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest number allowed.</summary>
    public double Max { get; init; } = double.PositiveInfinity;
}
