using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Shift;
using RobustMeta.Tasks;

namespace Shop.Models;

/// <summary>A shift protocol of one's own: queries are cut short.</summary>
public sealed class ShortQueries : ShiftProtocol
{
    /// <inheritdoc/>
    public override string Name => "cutQueries";

    /// <inheritdoc/>
    public override string Meaning => "queries are cut short";

    /// <inheritdoc/>
    public override string AxisName => "length";

    /// <summary>Longest query of each test set.</summary>
    [Setting("longest queries, one test set each", Min = 1)]
    public IReadOnlyList<double> Lengths { get; init; } = [20, 12];

    /// <inheritdoc/>
    public override ImmutableArray<ShiftedTestSet> TestSets(ShiftInput input) =>
        [.. Lengths.Select((length, number) => Cut(input, number, (int)length))];

    private static ShiftedTestSet Cut(ShiftInput input, int number, int length)
    {
        var whole = input.Split.Test.ToDictionary(task => task.User, task => (double)task.Query.Length);
        ImmutableArray<UserTask> tasks =
        [
            .. input
                .Split.Test.Select(task => new UserTask(task.User, task.Support, [.. task.Query.Take(length)]))
                .Where(task => task.Query.Length >= input.MinimumQuery && input.Problem(task) is null),
        ];
        // KL(kept ‖ whole) of a query of which k of n interactions are kept: ln(n / k).
        var lost = tasks.Average(task => Math.Log(whole[task.User] / task.Query.Length));
        var kept = tasks.Average(task => task.Query.Length / whole[task.User]);
        return new(
            number,
            length,
            tasks,
            new(0, 1, 0),
            new(lost, kept, 0),
            ImmutableSortedDictionary<DropReason, int>.Empty
        );
    }
}
