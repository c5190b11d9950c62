using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>Takes held-out rows from training and validation tasks.</summary>
public static class HeldOutRows
{
    /// <summary>The split that training may see.</summary>
    /// <param name="split">The split.</param>
    /// <param name="visible">By row of the ratings: whether training may see it.</param>
    /// <returns>
    /// The split without the other rows in training and validation; tasks whose support or query is then empty are dropped and
    /// counted. Test tasks stay.
    /// </returns>
    /// <exception cref="SettingException">No training or validation task is left.</exception>
    public static TaskSplit Remove(TaskSplit split, bool[] visible)
    {
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(visible);
        var train = WithoutHeldOut(split.MetaTrain);
        var validation = WithoutHeldOut(split.Validation);
        var lost = split.MetaTrain.Length + split.Validation.Length - train.Length - validation.Length;
        return train.IsEmpty || validation.IsEmpty
            ? throw new SettingException(
                $"The shift holds out so much that {train.Length} training and {validation.Length} validation users are left: "
                    + "hold out less, or raise queryLength and minRatings."
            )
            : split with
            {
                MetaTrain = train,
                Validation = validation,
                Dropped = lost == 0 ? split.Dropped : split.Dropped.SetItem(DropReason.HeldOut, lost),
            };

        ImmutableArray<UserTask> WithoutHeldOut(ImmutableArray<UserTask> tasks) =>
            [
                .. tasks
                    .Select(t => t with { Support = Visible(t.Support), Query = Visible(t.Query) })
                    .Where(t => !t.Support.IsEmpty && !t.Query.IsEmpty),
            ];

        ImmutableArray<int> Visible(ImmutableArray<int> rows) => [.. rows.Where(row => visible[row])];
    }
}
