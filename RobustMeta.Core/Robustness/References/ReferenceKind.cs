using RobustMeta.Settings;

namespace RobustMeta.Robustness.References;

/// <summary>
/// A way to make the reference that an adversary's losses are measured against. Public settable properties marked with
/// <see cref="SettingAttribute"/> are settings of any experiment that names it. One of your own, in C# or F#, inherits this
/// class and can be named in specs (<c>reference mine</c>) after <c>ReferenceKind.Registry.Add</c>.
/// </summary>
public abstract class ReferenceKind : IEquatable<ReferenceKind>
{
    /// <summary>A kind of reference.</summary>
    /// <param name="name">Its name in specs, in camel case.</param>
    /// <param name="meaning">Which model's losses are subtracted, in one line, for help.</param>
    protected ReferenceKind(string name, string meaning)
    {
        Name = name;
        Meaning = meaning;
    }

    /// <summary>The kinds that specs can name: those of this library, and those that are added.</summary>
    public static Registry<ReferenceKind> Registry { get; } =
        new("reference", kind => kind.Name, Registry<ReferenceKind>.Examples(typeof(ReferenceKind).Assembly));

    /// <summary>Name in specs.</summary>
    public string Name { get; }

    /// <summary>What losses are measured against, in one line.</summary>
    public string Meaning { get; }

    /// <summary>
    /// Whether what <see cref="Fit"/> gives predicts for unseen users (see <see cref="Reference.Predictor"/>) and has scores of
    /// the training users, as distillation and the choice among references need.
    /// </summary>
    public abstract bool Predicts { get; }

    /// <summary>Fits the reference, once, before training.</summary>
    /// <param name="input">Ratings, training tasks and settings.</param>
    /// <exception cref="SettingException">The settings do not go together.</exception>
    public abstract Reference Fit(ReferenceInput input);

    /// <summary>The name.</summary>
    public sealed override string ToString() => Name;

    /// <summary>Whether the other is of the same kind and has the same settings.</summary>
    public bool Equals(ReferenceKind? other) =>
        other?.GetType() == GetType()
        && other.Name == Name
        && SettingList.Of(this).All(setting => setting.Print(this) == setting.Print(other));

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as ReferenceKind);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => HashCode.Combine(GetType(), Name);
}
