namespace RobustMeta.Studies.Search;

/// <summary>
/// Asynchronous successive halving of the stopping type (Li et al., MLSys 2020, in the form of Optuna, Ray Tune and Syne Tune): a random
/// point begins on the lowest rung. As soon as its value there is known, it goes on to the next rung if it is among the best 1/η of
/// those that have reached this one so far; else it is given up for good. The best of fewer than η goes on as well, so that the default
/// point, which is the first, is trained whole at once and is what all others must beat.
/// </summary>
/// <remarks>
/// The promotion type (algorithm 2 of the paper) also takes up points again that come to be among the best 1/η later: within budgets of tens
/// of trainings it spends epochs on points that were beaten, and sees fewer new ones.
/// </remarks>
/// <param name="task">What is searched, and for how long; <see cref="SearchTask.Epochs"/> are those of the top rung.</param>
/// <param name="leastEpochs">Epochs of the lowest rung.</param>
/// <param name="factor">η: how many times the epochs of the rung below.</param>
/// <exception cref="Settings.SettingException">The rungs are not possible.</exception>
public sealed class AshaTuner(SearchTask task, int leastEpochs = 1, int factor = 3) : SearchTuner(task)
{
    private readonly Rungs rungs = new(leastEpochs, Given(task).Epochs, factor);
    private readonly HashSet<int> decided = [];

    /// <summary>The epochs of the rungs.</summary>
    public IReadOnlyList<int> Epochs => rungs.Epochs;

    // Called after each value that is told, so that a trial is compared with those told before it, whatever comes later.
    private protected override TuningTrial? Next()
    {
        var known = Known;
        foreach (var (trial, _) in known.Where(k => decided.Add(k.Trial.Number)))
        {
            if (rungs.GoesOn(trial, known))
            {
                return rungs.Put(trial.Value, rungs.Of(trial.Number) + 1, Count);
            }
        }
        return rungs.Put(RandomPoint(Generator(), Count == 0), 0, Count);
    }

    // Values after more epochs are compared with each other alone.
    private protected override IEnumerable<TuningTrial> Final() => Asked.GroupBy(t => t.Epochs).MaxBy(g => g.Key)!;
}
