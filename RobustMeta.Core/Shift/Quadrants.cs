using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// The four quadrants of MeLU (Lee et al., KDD 2019): warm users (those of training, on ratings held out of it) and cold users
/// (the test users), each on warm items and on items that training never saw. Test sets on the axis <c>quadrant</c>: 0 warm user
/// and item, 1 cold user, 2 cold item, 3 both cold.
/// </summary>
public sealed class Quadrants : FixedSets, IHoldsOut
{
    /// <inheritdoc/>
    public override string Name => "quadrants";

    /// <inheritdoc/>
    public override string Meaning =>
        "warm or cold users on warm or cold items: 0 both warm, 1 user cold, 2 item cold, 3 both cold";

    /// <inheritdoc/>
    public override string AxisName => "quadrant";

    /// <summary>Fraction of the items that training does not see.</summary>
    [Setting("fraction of the items that training does not see", Min = 0.01, Max = 0.9)]
    public double ColdItems { get; init; } = 0.3;

    /// <summary>Fraction of the query of each training user that is held out to test the user when warm.</summary>
    [Setting("fraction of each training user's query that is held out to test warm users", Min = 0.01, Max = 0.9)]
    public double WarmHeldOut { get; init; } = 0.5;

    /// <inheritdoc/>
    public bool[] TrainingRows(TaskSource source, TaskSplit split, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(split);
        var cold = ColdItemSet.Draw(source.Ratings, ColdItems, seed);
        var visible = source.Ratings.ItemIndex.Select(item => !cold[item]).ToArray();
        foreach (var task in split.MetaTrain)
        {
            foreach (var row in HeldOut(source, task, seed))
            {
                visible[row] = false;
            }
        }
        return visible;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<FixedSet> Candidates(ShiftInput input)
    {
        var ratings = input.Source.Ratings;
        var cold = ColdItemSet.Draw(ratings, ColdItems, input.Seed);
        // What training saw of a warm user is the support; the held-out part of the query, and cold items, test it.
        UserTask[] warm =
        [
            .. input.WholeSplit.MetaTrain.Select(task =>
                task with
                {
                    Support = [.. task.Support.Where(row => !cold[ratings.ItemIndex[row]])],
                    Query = [.. HeldOut(input.Source, task, input.Seed)],
                }
            ),
        ];
        return
        [
            new(0, On(warm, false)),
            new(1, On(input.Split.Test, false)),
            new(2, On(warm, true)),
            new(3, On(input.Split.Test, true)),
        ];

        UserTask[] On(IEnumerable<UserTask> tasks, bool isCold) =>
            [
                .. tasks.Select(task =>
                    task with
                    {
                        Query = [.. task.Query.Where(row => cold[ratings.ItemIndex[row]] == isCold)],
                    }
                ),
            ];
    }

    private int[] HeldOut(TaskSource source, UserTask task, long seed)
    {
        var rows = task.Query.ToArray();
        Seeds.Generator(seed, "warm users", source.Ratings.Users[task.User]).Shuffle(rows);
        return rows[..(int)Math.Round(WarmHeldOut * rows.Length)];
    }
}
