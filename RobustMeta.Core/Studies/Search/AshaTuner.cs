namespace RobustMeta.Studies.Search;

/// <summary>
/// Asynchronous successive halving (Li et al., MLSys 2020, algorithm 2): whenever a question is free, the highest rung is looked
/// for with a trial among its best 1/η that has not been promoted; without one, a new random point begins on the lowest rung. Other than
/// there, the best of fewer than η trials is promoted as well, so that the default point, which is the first, is trained whole at
/// once and is what all others must beat. Trials that are not promoted are thereby pruned.
/// </summary>
/// <param name="task">What is searched, and for how long; <see cref="SearchTask.Epochs"/> are those of the top rung.</param>
/// <param name="leastEpochs">Epochs of the lowest rung.</param>
/// <param name="factor">η: how many times the epochs of the rung below.</param>
/// <exception cref="Settings.SettingException">The rungs are not possible.</exception>
public sealed class AshaTuner(SearchTask task, int leastEpochs = 1, int factor = 3) : SearchTuner(task)
{
    private readonly Rungs rungs = new(leastEpochs, Given(task).Epochs, factor);

    /// <summary>The epochs of the rungs.</summary>
    public IReadOnlyList<int> Epochs => rungs.Epochs;

    private protected override TuningTrial? Next()
    {
        var known = Known;
        for (var rung = rungs.Top - 1; rung >= 0; rung--)
        {
            if (rungs.Promotable(rung, known) is { } value)
            {
                return rungs.Put(value, rung + 1, Count);
            }
        }
        return rungs.Put(RandomPoint(Generator(), Count == 0), 0, Count);
    }

    // Values after more epochs are compared with each other alone.
    private protected override IEnumerable<TuningTrial> Final() => Asked.GroupBy(t => t.Epochs).MaxBy(g => g.Key)!;
}
