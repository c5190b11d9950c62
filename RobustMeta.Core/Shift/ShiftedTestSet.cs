using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>One test set of a shift experiment.</summary>
/// <param name="Number">Its number, from 0: the <c>testset</c> of the result files.</param>
/// <param name="Beta">Strength of the shift; 0 draws as the test users come.</param>
/// <param name="Tasks">Test tasks with drawn queries; with several draws a user may occur once in each.</param>
/// <param name="Users">Divergence of the user distribution.</param>
/// <param name="Interactions">Divergence of the interaction distribution, mean over users.</param>
/// <param name="Dropped">Test users that are in no draw of this set, by reason (counted once a draw).</param>
public sealed record ShiftedTestSet(
    int Number,
    double Beta,
    ImmutableArray<UserTask> Tasks,
    Divergence Users,
    Divergence Interactions,
    ImmutableSortedDictionary<DropReason, int> Dropped
);
