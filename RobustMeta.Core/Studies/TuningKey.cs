namespace RobustMeta.Studies;

/// <summary>A stage of tuning: the shared one of a cell, or a method's own.</summary>
/// <param name="Cell">Data set, shift and base model.</param>
/// <param name="Method">The method; null for the shared stage.</param>
public sealed record TuningKey(StudyCell Cell, StudyMethod? Method)
{
    /// <summary>Name in messages.</summary>
    public string Title => Method is null ? $"{Cell.Title}, all methods" : $"{Cell.Title}, {Method.Name}";
}
