namespace RobustMeta.Studies;

/// <summary>Settings whose values are all run, crossed with one another, for a table or figure of sensitivity.</summary>
/// <param name="Name">Name in results.</param>
/// <param name="Axes">Keys, each with its values as text.</param>
public sealed record StudySweep(string Name, params IReadOnlyList<(string Key, IReadOnlyList<string> Values)> Axes)
{
    /// <summary>Names of the methods that are swept; null: all.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Names of the base models on which they are swept; null: all.</summary>
    public IReadOnlyList<string>? Bases { get; init; }

    /// <summary>Whether a method is swept in a cell.</summary>
    public bool Concerns(StudyCell cell, StudyMethod method)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(method);
        return (Methods?.Contains(method.Name) ?? true) && (Bases?.Contains(cell.Base.Name) ?? true);
    }

    /// <summary>Every combination of the values, the last key varying fastest.</summary>
    public IEnumerable<SweepPoint> Points() =>
        Axes.Aggregate(
                (IEnumerable<IReadOnlyList<(string, string)>>)
                    [
                        [],
                    ],
                (points, axis) => points.SelectMany(p => axis.Values.Select(v => Append(p, (axis.Key, v))))
            )
            .Select(settings => new SweepPoint(Name, settings));

    private static IReadOnlyList<(string, string)> Append(
        IReadOnlyList<(string, string)> settings,
        (string, string) last
    ) => [.. settings, last];
}
