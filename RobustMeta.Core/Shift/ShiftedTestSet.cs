using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>One test set of a shift experiment.</summary>
/// <param name="Number">Its number, from 0: the <c>testset</c> of the result files.</param>
/// <param name="Coordinate">Its place on the protocol's axis (<see cref="ShiftProtocol.AxisName"/>), e.g. the strength β.</param>
/// <param name="Tasks">Test tasks with drawn queries; with several draws a user may occur once in each.</param>
/// <param name="Users">Divergence of the user distribution.</param>
/// <param name="Interactions">
/// Divergence of the interaction distribution, mean over users; where supports are drawn anew, that of query and support together,
/// and the mean property is that of the supports.
/// </param>
/// <param name="Dropped">Test users that are in no draw of this set, by reason (counted once a draw).</param>
public sealed record ShiftedTestSet(
    int Number,
    double Coordinate,
    ImmutableArray<UserTask> Tasks,
    Divergence Users,
    Divergence Interactions,
    ImmutableSortedDictionary<DropReason, int> Dropped
)
{
    /// <summary>Where the labels of this set come from, where they are not those of the data; null: the data.</summary>
    public TaskSource? Source { get; init; }
}
