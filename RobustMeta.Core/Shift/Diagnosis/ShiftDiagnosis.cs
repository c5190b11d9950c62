using System.Collections.Immutable;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift.Diagnosis;

/// <summary>
/// Compares the training population with a test population before anything is trained: at which level they can be told apart,
/// by which features, and which protocol makes a shift like it.
/// </summary>
/// <param name="Levels">The classifier two-sample test of users, items and interactions.</param>
/// <param name="Features">Divergence of each feature, the largest KL first.</param>
/// <param name="Protocols">The protocols that draw test sets, the most alike first; empty where nothing differs at all.</param>
public sealed record ShiftDiagnosis(
    ImmutableArray<LevelShift> Levels,
    ImmutableArray<FeatureShift> Features,
    ImmutableArray<Resemblance> Protocols
)
{
    /// <summary>The level that shifts most: that whose interval begins highest above chance; null where none shifts.</summary>
    public LevelShift? MostShifted => Levels.Where(level => level.IsShifted).MaxBy(level => level.Low);

    /// <summary>Compares the training tasks of a split with those of a test set.</summary>
    /// <param name="input">Ratings and split; its seed draws folds and samples.</param>
    /// <param name="test">Test tasks; not empty.</param>
    /// <param name="source">Where their rows are, where it is not the data; null: the data.</param>
    /// <exception cref="SettingException">There are fewer than ten training or test users.</exception>
    public static ShiftDiagnosis Of(ShiftInput input, ImmutableArray<UserTask> test, TaskSource? source = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        // Nothing is ranked here: two interactions make a query.
        input = input with
        {
            MinimumCandidates = 2,
            UnseenCandidates = 0,
        };
        var (training, tested) = (input.Split.MetaTrain.Length, test.Select(task => task.User).Distinct().Count());
        if (training < FewestUsers || tested < FewestUsers)
        {
            throw new SettingException(
                $"{training} training and {tested} test users are too few to compare; expected at least {FewestUsers} of each. "
                    + "Lower minRatings, or raise testFraction."
            );
        }
        var populations = new Populations(input);
        var levels = populations.Beside(test, source ?? input.Source);
        return new(
            [.. levels.Select(level => TwoSampleTest.Of(level, input.Seed))],
            [.. levels.SelectMany(level => level.Features()).OrderByDescending(feature => feature.Kl)],
            [.. ResemblingProtocols.Of(input, populations, ResemblingProtocols.Compared(levels))]
        );
    }

    /// <summary>Compares what the users of a split rated before a date with what they, or others, rated from then on.</summary>
    /// <param name="input">Ratings with times, and split; users of all its parts are looked at.</param>
    /// <param name="fraction">Fraction of the ratings before the date, in (0, 1).</param>
    /// <exception cref="SettingException">There are no times, or fewer than ten users before or after.</exception>
    public static ShiftDiagnosis OverTime(ShiftInput input, double fraction)
    {
        ArgumentNullException.ThrowIfNull(input);
        var ratings = input.Source.Ratings;
        if (ratings.Times.IsEmpty)
        {
            throw new SettingException($"'{ratings.Name}' has no times: there is no earlier and later to compare.");
        }
        var sorted = ratings.Times.Sort();
        var cut = sorted[(int)(fraction * (sorted.Length - 1))];
        var split = input.WholeSplit;
        int[] users = [.. split.MetaTrain.Concat(split.Validation).Concat(split.Test).Select(task => task.User)];
        var before = Tasks(row => ratings.Times[row] < cut);
        var after = Tasks(row => ratings.Times[row] >= cut);
        return Of(input with { Split = input.Split with { MetaTrain = before } }, after);

        // A population has no support of its own: what it rated stands for it.
        ImmutableArray<UserTask> Tasks(Func<int, bool> isIn) =>
            [
                .. users
                    .Select(user => (User: user, Rows: Shuffled(user, isIn)))
                    .Where(task => task.Rows.Length > 0)
                    .Select(task => new UserTask(task.User, task.Rows, task.Rows)),
            ];
        ImmutableArray<int> Shuffled(int user, Func<int, bool> isIn)
        {
            int[] rows = [.. ratings.RowsOf(user).ToArray().Where(isIn)];
            Seeds.Generator(input.Seed, "ratings of a period", ratings.Users[user]).Shuffle(rows);
            return [.. rows];
        }
    }

    private const int FewestUsers = 10;
}
