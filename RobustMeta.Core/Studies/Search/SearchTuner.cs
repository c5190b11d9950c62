using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Search;

/// <summary>
/// Base of searches. Everything that a search knows is the list of what it was told: told the same in the same order, another
/// one asks the same questions, so a search is resumed by telling it again. The random numbers of a question depend on the
/// seed and the question's number alone.
/// </summary>
public abstract class SearchTuner : ITuner
{
    private readonly List<TuningTrial> asked = [];
    private readonly Dictionary<int, (double Value, TimeSpan Time)> told = [];
    private bool isEnded;

    /// <summary>A search.</summary>
    /// <param name="task">What is searched, and for how long.</param>
    /// <exception cref="SettingException">The budget has no limit, or a number is not positive.</exception>
    protected SearchTuner(SearchTask task)
    {
        Task =
            !Given(task).Budget.IsGiven
                ? throw new SettingException("The search has no budget; expected runs, epochs or time")
            : task.Parallel < 1 || task.Epochs < 1
                ? throw new SettingException("A search needs at least one candidate at a time and one epoch a run.")
            : task;
    }

    // Fields of tuners are made before this class's constructor runs.
    private protected static SearchTask Given(SearchTask task) => task ?? throw new ArgumentNullException(nameof(task));

    /// <summary>What is searched.</summary>
    protected SearchTask Task { get; }

    /// <summary>What was asked and told: trials in the order of their questions, and their losses (lower is better).</summary>
    protected IReadOnlyList<(TuningTrial Trial, double Loss)> Known =>
        [.. asked.Where(trial => told.ContainsKey(trial.Number)).Select(trial => (trial, Loss(trial)))];

    /// <summary>The questions so far.</summary>
    protected IReadOnlyList<TuningTrial> Asked => asked;

    /// <summary>Number of questions so far.</summary>
    protected int Count => asked.Count;

    /// <inheritdoc/>
    public Tuning? Result =>
        Ask().Count > 0 || asked.Count == 0
            ? null
            : new(
                Final().OrderBy(Loss).First().Value,
                [.. asked.Select(trial => (Title(trial), told[trial.Number].Value))]
            );

    /// <inheritdoc/>
    public IReadOnlyList<TuningTrial> Ask()
    {
        Fill();
        return [.. asked.Where(trial => !told.ContainsKey(trial.Number))];
    }

    /// <inheritdoc/>
    public void Tell(TuningTrial trial, double value, TimeSpan time = default)
    {
        if (!asked.Contains(trial))
        {
            throw new ArgumentException($"{trial} was not asked for.", nameof(trial));
        }
        told[trial.Number] = (value, time);
        // At once, so that the questions depend on what was told and not on when they are asked for.
        Fill();
    }

    /// <summary>The next trial; null: none before more is told.</summary>
    private protected abstract TuningTrial? Next();

    /// <summary>The trials among which the best is chosen.</summary>
    private protected virtual IEnumerable<TuningTrial> Final() => asked;

    /// <summary>The random numbers of the next question.</summary>
    private protected Random Generator() => Seeds.Generator(Task.Seed, "search", $"{asked.Count}");

    /// <summary>A point of equally likely values; the first is the default.</summary>
    private protected string RandomPoint(Random random, bool isFirst) =>
        isFirst
            ? Task.Space.Default
            : Task.Space.Point(range =>
                range.Text(
                    range.IsChoice
                        ? random.Next(range.Choices.Length)
                        : range.Start + (random.NextDouble() * (range.End - range.Start))
                )
            );

    private void Fill()
    {
        while (!isEnded && asked.Count - told.Count < Task.Parallel)
        {
            var next = IsAllowed() ? Next() : null;
            isEnded = next is null && asked.Count == told.Count;
            if (next is null)
            {
                return;
            }
            asked.Add(next);
        }
    }

    private double Loss(TuningTrial trial) =>
        told[trial.Number].Value is var value && double.IsNaN(value) ? double.PositiveInfinity
        : Task.HigherIsBetter ? -value
        : value;

    private bool IsAllowed() =>
        Task.Budget.Allows(
            asked.Count,
            asked.Sum(trial => (long)(trial.Epochs ?? Task.Epochs)),
            told.Values.Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Time)
        );

    private static string Title(TuningTrial trial) =>
        trial.Epochs is { } epochs ? $"{trial.Value} ({Counted.Of(epochs, "epoch", "epochs")})" : trial.Value;
}
