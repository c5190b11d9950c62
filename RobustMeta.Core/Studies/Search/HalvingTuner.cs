using RobustMeta.Settings;

namespace RobustMeta.Studies.Search;

/// <summary>
/// Successive halving (Jamieson and Talwalkar, AISTATS 2016): the default and random points on the lowest rung; when all of a rung
/// are known, the best 1/η go on to the next. Ends when the top rung is known, or with the budget.
/// </summary>
/// <param name="task">What is searched, and for how long; <see cref="SearchTask.Epochs"/> are those of the top rung.</param>
/// <param name="points">Number of points on the lowest rung.</param>
/// <param name="leastEpochs">Epochs of the lowest rung.</param>
/// <param name="factor">η: how many times the epochs of the rung below.</param>
/// <exception cref="SettingException">The rungs are not possible, or the points do not reach the top.</exception>
public sealed class HalvingTuner(SearchTask task, int points, int leastEpochs = 1, int factor = 3) : SearchTuner(task)
{
    private readonly Rungs rungs = Of(Given(task), points, leastEpochs, factor);

    /// <summary>The epochs of the rungs.</summary>
    public IReadOnlyList<int> Epochs => rungs.Epochs;

    private protected override TuningTrial? Next()
    {
        if (rungs.Count(0) < points)
        {
            return rungs.Put(RandomPoint(Generator(), Count == 0), 0, Count);
        }
        var known = Known;
        var rung = Enumerable.Range(0, rungs.Epochs.Count).Last(r => rungs.Count(r) > 0);
        var isKnown = known.Count == Count;
        // While a rung is being filled, the one below it is the one to promote from.
        var from = rungs.Promotable(Math.Max(rung - 1, 0), known) is not null ? Math.Max(rung - 1, 0) : rung;
        var mayBegin = from < rung || isKnown;
        return from < rungs.Top && mayBegin && rungs.Promotable(from, known) is { } value
            ? rungs.Put(value, from + 1, Count)
            : null;
    }

    private protected override IEnumerable<TuningTrial> Final() => Asked.GroupBy(t => t.Epochs).MaxBy(g => g.Key)!;

    private static Rungs Of(SearchTask task, int points, int leastEpochs, int factor)
    {
        var rungs = new Rungs(leastEpochs, task.Epochs, factor);
        return points >= Math.Pow(factor, rungs.Top)
            ? rungs
            : throw new SettingException(
                $"{points} points do not reach {task.Epochs} epochs from {leastEpochs} with a factor of {factor}; expected at least "
                    + $"{Math.Pow(factor, rungs.Top)} points, or more epochs on the lowest rung"
            );
    }
}
