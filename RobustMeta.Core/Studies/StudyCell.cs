namespace RobustMeta.Studies;

/// <summary>One data set under one shift, with one base model: where methods are compared.</summary>
/// <param name="Data">The data set.</param>
/// <param name="Shift">The shift; <see cref="NamedSettings.Unnamed"/> where the study has no axis of shifts.</param>
/// <param name="Base">The base model; <see cref="NamedSettings.Unnamed"/> where every method names its own model.</param>
public sealed record StudyCell(NamedSettings Data, NamedSettings Shift, NamedSettings Base)
{
    /// <summary>Name in tables, e.g. <c>ml-100k, MeLU</c>.</summary>
    public string Title => string.Join(", ", Names);

    /// <summary>Name in file names, e.g. <c>ml-100k MeLU</c>.</summary>
    public string FileName => string.Join(' ', Names);

    private IEnumerable<string> Names => new[] { Data, Shift, Base }.Select(part => part.Name).Where(n => n.Length > 0);
}
