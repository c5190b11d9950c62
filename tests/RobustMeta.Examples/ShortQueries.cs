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
    public override ImmutableArray<ShiftedTestSet> TestSets(ShiftInput input)
    {
        var none = new Divergence(0, 1, 0);
        return
        [
            .. Lengths.Select(
                (length, number) =>
                    new ShiftedTestSet(
                        number,
                        length,
                        [
                            .. input
                                .Split.Test.Select(t => new UserTask(t.User, t.Support, [.. t.Query.Take((int)length)]))
                                .Where(t => t.Query.Length >= input.MinimumQuery && input.Problem(t) is null),
                        ],
                        none,
                        none,
                        ImmutableSortedDictionary<DropReason, int>.Empty
                    )
            ),
        ];
    }
}
