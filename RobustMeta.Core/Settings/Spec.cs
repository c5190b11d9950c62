namespace RobustMeta.Settings;

/// <summary>
/// Base of specs that are made to be inherited, in C# and in F#. Two specs are equal when they are of one type and all their
/// settings have the same values.
/// </summary>
/// <example>
/// A spec in F#: <c>type WidthSpec() = inherit Spec() … [&lt;Setting("width of the layer", Min = 1.0)&gt;] member val Width = 8 with get, set</c>.
/// </example>
public abstract class Spec : ISpec, IEquatable<Spec>
{
    /// <inheritdoc/>
    public bool Equals(Spec? other) => other?.GetType() == GetType() && Values(other).SequenceEqual(Values(this));

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as Spec);

    /// <inheritdoc/>
    public sealed override int GetHashCode() =>
        Values(this).Aggregate(GetType().GetHashCode(), (hash, value) => HashCode.Combine(hash, value));

    private static IEnumerable<string> Values(Spec spec) => SettingList.Of(spec).Select(setting => setting.Print(spec));
}
