namespace RobustMeta.Studies.Search;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl, NeurIPS 2011), each setting for itself, with the
/// choices of Optuna 3: the default and then random points for <see cref="StartTrials"/>; then, of all that was told of a setting,
/// the best tenth (rounded up, at most 25) makes one density and the rest another; of 24 values drawn from the first, the one
/// with the largest ratio of the two (<see cref="ParzenEstimator.LogScore"/>) is asked for. A setting that counts under a condition learns from the trials at which it counted.
/// </summary>
/// <param name="task">What is searched, and for how long.</param>
public sealed class TpeTuner(SearchTask task) : SearchTuner(task)
{
    /// <summary>Trials of a setting before its densities are used.</summary>
    public const int StartTrials = 10;
    private const int Candidates = 24;
    private const int MostGood = 25;

    private protected override TuningTrial? Next()
    {
        var random = Generator();
        var known = Known.Select(k => (Values: Task.Space.Counted(k.Trial.Value), k.Loss)).ToArray();
        var point =
            Count == 0
                ? Task.Space.Default
                : Task.Space.Point(range =>
                    Draw(
                        range,
                        [
                            .. known
                                .Where(k => k.Values.ContainsKey(range.Key))
                                .Select(k => (range.Coordinate(k.Values[range.Key]), k.Loss)),
                        ],
                        random
                    )
                );
        return new(point, Count);
    }

    /// <summary>Number of trials that count as good.</summary>
    internal static int Good(int trials) => Math.Min((trials + 9) / 10, MostGood);

    private static string Draw(SearchRange range, IReadOnlyList<(double At, double Loss)> known, Random random)
    {
        if (known.Count < StartTrials)
        {
            return range.Text(
                range.IsChoice
                    ? random.Next(range.Choices.Length)
                    : range.Start + (random.NextDouble() * (range.End - range.Start))
            );
        }
        var good = Enumerable.Range(0, known.Count).OrderBy(i => known[i].Loss).Take(Good(known.Count)).ToHashSet();
        var best = Density(range, [.. known.Where((_, i) => good.Contains(i)).Select(k => k.At)]);
        var rest = Density(range, [.. known.Where((_, i) => !good.Contains(i)).Select(k => k.At)]);
        var drawn = Enumerable.Range(0, Candidates).Select(_ => best.Draw(random)).ToArray();
        return range.Text(drawn.MaxBy(at => best.LogScore(at) - rest.LogScore(at)));
    }

    private static ParzenEstimator Density(SearchRange range, IReadOnlyList<double> points) =>
        range.IsChoice
            ? ParzenEstimator.OfChoices(points, range.Choices.Length)
            : ParzenEstimator.OfNumbers(points, range.Start, range.End, range.IsInteger && !range.IsLog);
}
