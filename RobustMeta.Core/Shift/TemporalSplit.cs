using RobustMeta.Data;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Test queries lie after supports in time. <see cref="TemporalRule.GlobalCut"/>: training uses nothing from the cut on, and a
/// test user's query holds the ratings from then on; <see cref="TemporalRule.LastOfUser"/>: a test user's query holds
/// the last ratings. Test set 0 (axis <c>time</c>) holds the query as the split drew it, for comparison, test set 1 the later one.
/// </summary>
public sealed class TemporalSplit : FixedSets, IHoldsOut
{
    /// <inheritdoc/>
    public override string Name => "temporal";

    /// <inheritdoc/>
    public override string Meaning =>
        "test queries lie after supports (and, with a global cut, after all training) in time";

    /// <inheritdoc/>
    public override string AxisName => "time";

    /// <summary>What divides before from after.</summary>
    [Setting("globalCut: one date for all, nothing later in training; lastOfUser: each test user's last ratings")]
    public TemporalRule TemporalRule { get; init; } = TemporalRule.GlobalCut;

    /// <summary>Fraction of all ratings before the cut, or of a user's ratings before the query.</summary>
    [Setting(
        "fraction of the ratings (globalCut: of all; lastOfUser: of the user's) before the cut",
        Min = 0.1,
        Max = 0.99
    )]
    public double TimeCut { get; init; } = 0.8;

    /// <inheritdoc/>
    public bool[] TrainingRows(TaskSource source, TaskSplit split, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(split);
        RequireTimes(source.Ratings);
        var cut = TemporalRule == TemporalRule.GlobalCut ? Cut(source.Ratings.Times) : long.MaxValue;
        return [.. source.Ratings.Times.Select(time => time < cut)];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<FixedSet> Candidates(ShiftInput input)
    {
        RequireTimes(input.Source.Ratings);
        var ratings = input.Source.Ratings;
        var common = Cut(ratings.Times);
        return
        [
            new(0, [.. input.Split.Test]),
            new(1, [.. input.Split.Test.Select(task => Later(ratings, task, common))]),
        ];
    }

    private UserTask Later(Ratings ratings, UserTask task, long common)
    {
        int[] rows = [.. ratings.RowsOf(task.User).ToArray().OrderBy(row => ratings.Times[row])];
        var cut =
            TemporalRule == TemporalRule.GlobalCut
                ? common
                : ratings.Times[rows[Math.Min(rows.Length - 1, (int)(TimeCut * rows.Length))]];
        // The support keeps its length, and is the last that is known before the cut.
        return task with
        {
            Support = [.. rows.Where(row => ratings.Times[row] < cut).TakeLast(task.Support.Length)],
            Query = [.. rows.Where(row => ratings.Times[row] >= cut)],
        };
    }

    private long Cut(IReadOnlyList<long> times)
    {
        var sorted = times.Order().ToArray();
        return sorted[(int)(TimeCut * (sorted.Length - 1))];
    }

    private static void RequireTimes(Ratings ratings)
    {
        if (ratings.Times.IsEmpty)
        {
            throw new SettingException(
                $"shift temporal needs times, which '{ratings.Name}' lacks; choose another shift."
            );
        }
    }
}
