using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>Protocols whose test sets are given by what the data hold, not drawn: each user is in a set once.</summary>
public abstract class FixedSets : ShiftProtocol
{
    /// <summary>Longest query of a test task; of a longer one the first interactions of the user's (shuffled) pool stay.</summary>
    [Setting("longest query of a test task", Min = 1, Max = 100_000)]
    public int TestQueryLength { get; init; } = 20;

    /// <summary>The test sets before anything is dropped: coordinate, and candidate tasks with their whole queries.</summary>
    /// <param name="input">Ratings and split.</param>
    protected abstract IReadOnlyList<(double Coordinate, IReadOnlyList<UserTask> Tasks)> Candidates(ShiftInput input);

    /// <summary>Where the labels of a test set come from.</summary>
    /// <param name="input">Ratings and split.</param>
    /// <param name="coordinate">Coordinate of the test set.</param>
    protected abstract TaskSource SourceOf(ShiftInput input, double coordinate);

    /// <inheritdoc/>
    public sealed override ImmutableArray<ShiftedTestSet> TestSets(ShiftInput input) =>
        [.. Candidates(input).Select((set, number) => TestSet(input, number, set.Coordinate, set.Tasks))];

    private ShiftedTestSet TestSet(ShiftInput input, int number, double at, IReadOnlyList<UserTask> candidates)
    {
        var dropped = new SortedDictionary<DropReason, int>();
        var tasks = ImmutableArray.CreateBuilder<UserTask>();
        foreach (var candidate in candidates)
        {
            var task = candidate with { Query = [.. candidate.Query.Take(TestQueryLength)] };
            var problem =
                task.Support.IsEmpty || task.Query.Length < input.MinimumQuery
                    ? DropReason.PoolTooShort
                    : input.Problem(task);
            if (problem is { } reason)
            {
                dropped[reason] = dropped.GetValueOrDefault(reason) + 1;
            }
            else
            {
                tasks.Add(task);
            }
        }
        return new(
            number,
            at,
            TestSetTasks.Require(tasks.ToImmutable(), $"{number} ({AxisName} {at})", dropped),
            Divergence.None,
            Divergence.None,
            dropped.ToImmutableSortedDictionary()
        )
        {
            Source = SourceOf(input, at),
        };
    }
}
