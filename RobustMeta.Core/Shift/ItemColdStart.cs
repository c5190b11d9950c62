using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Items that training never saw: a random fraction of the items is held out of training and validation. Test set 0 (axis
/// <c>cold</c>) holds the warm items of each test user's pool, test set 1 the cold ones; supports are left alone.
/// </summary>
public sealed class ItemColdStart : FixedSets, IHoldsOut
{
    /// <inheritdoc/>
    public override string Name => "itemColdStart";

    /// <inheritdoc/>
    public override string Meaning =>
        "a fraction of the items is held out of training; test queries of warm and of cold items";

    /// <inheritdoc/>
    public override string AxisName => "cold";

    /// <summary>Fraction of the items that training does not see.</summary>
    [Setting("fraction of the items that training does not see", Min = 0.01, Max = 0.9)]
    public double ColdItems { get; init; } = 0.3;

    /// <inheritdoc/>
    public bool[] TrainingRows(TaskSource source, TaskSplit split, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(split);
        var cold = ColdItemSet.Draw(source.Ratings, ColdItems, seed);
        return [.. source.Ratings.ItemIndex.Select(item => !cold[item])];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<FixedSet> Candidates(ShiftInput input)
    {
        var ratings = input.Source.Ratings;
        var cold = ColdItemSet.Draw(ratings, ColdItems, input.Seed);
        return [new(0, Of(isCold: false)), new(1, Of(isCold: true))];

        UserTask[] Of(bool isCold) =>
            [
                .. input.Split.Test.Select(task =>
                    task with
                    {
                        Query = [.. task.Query.Where(row => cold[ratings.ItemIndex[row]] == isCold)],
                    }
                ),
            ];
    }
}
