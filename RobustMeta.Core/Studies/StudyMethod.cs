namespace RobustMeta.Studies;

/// <summary>A method of a study: a way to train the base models, or a model or baseline of its own.</summary>
/// <param name="Name">Name in tables and results.</param>
/// <param name="Settings">Keys and values, as text; <c>preset</c> names a robust method, <c>model</c> a model or baseline.</param>
public sealed record StudyMethod(string Name, params IReadOnlyList<(string Key, string Value)> Settings)
{
    /// <summary>The settings that are tuned for this method alone.</summary>
    public StudyChoice Tuned { get; init; } = StudyChoice.None;

    /// <summary>
    /// Whether it names its own model: it is then the same beside every base model, whose settings it does not take.
    /// </summary>
    public bool HasModel => Settings.Any(s => s.Key == StudySpec.ModelKey);
}
