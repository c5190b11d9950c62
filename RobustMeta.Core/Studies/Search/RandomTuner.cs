namespace RobustMeta.Studies.Search;

/// <summary>
/// Tries the default, then points drawn evenly from the space, each independent of what was told (Bergstra and Bengio, JMLR 2012).
/// </summary>
/// <param name="task">What is searched, and for how long.</param>
public sealed class RandomTuner(SearchTask task) : SearchTuner(task)
{
    private protected override TuningTrial? Next() => new(RandomPoint(Generator(), Count == 0), Count);
}
