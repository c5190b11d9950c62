using System.Globalization;

namespace RobustMeta.Settings;

/// <summary>A place in a text, as editors and compilers count: printed <c>LINE:COLUMN</c>.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
internal readonly record struct TomlPlace(int Line, int Column)
{
    /// <summary>Where a text begins.</summary>
    public static TomlPlace Beginning { get; } = new(1, 1);

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}");
}
