using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>A test set of <see cref="FixedSets"/> before anything is dropped.</summary>
/// <param name="Coordinate">Its place on the protocol's axis.</param>
/// <param name="Tasks">Candidate tasks with their whole queries.</param>
public sealed record FixedSet(double Coordinate, IReadOnlyList<UserTask> Tasks)
{
    /// <summary>Where its rows and labels are, where they are not those of the data; null: the data.</summary>
    public TaskSource? Source { get; init; }

    /// <summary>What was left out while it was made, by reason.</summary>
    public ImmutableSortedDictionary<DropReason, int> Dropped { get; init; } =
        ImmutableSortedDictionary<DropReason, int>.Empty;

    /// <summary>Divergence of its interactions, where it is not that of the items of the queries; null: that of the items.</summary>
    public Divergence? Interactions { get; init; }
}
