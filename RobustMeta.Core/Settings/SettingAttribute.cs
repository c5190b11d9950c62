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

    /// <summary>Smallest value that a search tries; where it is not given, the smallest of <see cref="Grid"/>.</summary>
    public double Low { get; init; } = double.NaN;

    /// <summary>Largest value that a search tries; where it is not given, the largest of <see cref="Grid"/>.</summary>
    public double High { get; init; } = double.NaN;

    /// <summary>Whether a search takes equal ratios for equal distances.</summary>
    public bool IsLog { get; init; }

    /// <summary>The values that the paper searches, where it does.</summary>
    public double[] Grid { get; init; } = [];

    /// <summary>Values of its enumeration that this setting refuses, as text: help does not list them, and a search does not try them.</summary>
    public string[] Except { get; init; } = [];

    /// <summary>Key of the setting without whose right value this one changes nothing; or null.</summary>
    public string? When { get; init; }

    /// <summary>The values of <see cref="When"/> with which this setting counts.</summary>
    public string[] WhenIs { get; init; } = [];
}
