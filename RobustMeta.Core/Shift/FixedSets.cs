using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Protocols whose test sets are given by what the data hold, not drawn: each user is in a set once. Their divergences are
/// measured (<see cref="BinnedDivergence"/>) from the set whose coordinate is nearest to 0: users by activity, interactions by
/// the popularity of their items.
/// </summary>
public abstract class FixedSets : ShiftProtocol
{
    /// <summary>Longest query of a test task; of a longer one the first interactions of the user's (shuffled) pool stay.</summary>
    [Setting("longest query of a test task", Min = 1, Max = 100_000)]
    public int TestQueryLength { get; init; } = 20;

    /// <summary>The test sets before anything is dropped.</summary>
    /// <param name="input">Ratings and split.</param>
    protected abstract IReadOnlyList<FixedSet> Candidates(ShiftInput input);

    /// <inheritdoc/>
    public sealed override ImmutableArray<ShiftedTestSet> TestSets(ShiftInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        SettingList.RequireInRange(this);
        return Measured(input, Candidates(input));
    }

    /// <summary>Test sets of candidates: tasks that cannot be measured dropped, divergences measured.</summary>
    /// <param name="input">Ratings and split.</param>
    /// <param name="candidates">At least one.</param>
    /// <exception cref="SettingException">A set is empty; the message names the reasons and the remedies.</exception>
    private protected ImmutableArray<ShiftedTestSet> Measured(ShiftInput input, IReadOnlyList<FixedSet> candidates)
    {
        var measurable = candidates.Select((set, number) => Measurable(input, number, set)).ToArray();
        var popularity = ItemPopularities.Logarithms(input.Source, input.Split.MetaTrain);
        var origin = measurable.MinBy(set => Math.Abs(set.Coordinate))!;
        var originUsers = Activities(origin);
        var originItems = Popularities(origin);
        return
        [
            .. measurable.Select(
                (set, number) =>
                    set with
                    {
                        Users = BinnedDivergence.Of(Activities(set), originUsers),
                        Interactions =
                            candidates[number].Interactions ?? BinnedDivergence.Of(Popularities(set), originItems),
                    }
            ),
        ];

        double[] Activities(ShiftedTestSet set) =>
            [.. set.Tasks.Select(task => Math.Log(input.Source.Ratings.RowsOf(task.User).Length))];
        double[] Popularities(ShiftedTestSet set)
        {
            var items = (set.Source ?? input.Source).Ratings.ItemIndex;
            return [.. set.Tasks.SelectMany(task => task.Query).Select(row => popularity[items[row]])];
        }
    }

    private ShiftedTestSet Measurable(ShiftInput input, int number, FixedSet set)
    {
        var dropped = new SortedDictionary<DropReason, int>(set.Dropped);
        var tasks = ImmutableArray.CreateBuilder<UserTask>();
        foreach (var candidate in set.Tasks)
        {
            var task = candidate with { Query = [.. candidate.Query.Take(TestQueryLength)] };
            var problem =
                task.Support.IsEmpty ? DropReason.NoSupport
                : task.Query.Length < input.MinimumQuery ? DropReason.PoolTooShort
                : input.Problem(task, set.Source);
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
            set.Coordinate,
            TestSetTasks.Require(
                tasks.ToImmutable(),
                $"{number} ({AxisName} {set.Coordinate})",
                dropped,
                longest: set.Tasks.Select(task => Math.Min(TestQueryLength, task.Query.Length)).DefaultIfEmpty().Max(),
                needed: input.MinimumQuery
            ),
            Divergence.None,
            Divergence.None,
            dropped.ToImmutableSortedDictionary()
        )
        {
            Source = set.Source,
        };
    }
}
