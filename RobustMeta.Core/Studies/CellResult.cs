using RobustMeta.Evaluation;

namespace RobustMeta.Studies;

/// <summary>Results of one cell of a study, as far as they are there.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Plain">Name of the method that the others are compared with.</param>
/// <param name="Shared">Choice of the shared stage of tuning.</param>
/// <param name="Tuned">The methods whose tuning is complete, each with its choice.</param>
/// <param name="Methods">Names of the methods, a swept one with its settings, in order.</param>
/// <param name="Baselines">Names of the baselines that were measured beside them.</param>
/// <param name="Seeds">Results by seed; at least one.</param>
/// <param name="Diverged">Methods and seeds whose training diverged.</param>
public sealed record CellResult(
    StudyCell Cell,
    string Plain,
    Tuning Shared,
    IReadOnlyList<(StudyMethod Method, Tuning Choice)> Tuned,
    IReadOnlyList<string> Methods,
    IReadOnlyList<string> Baselines,
    IReadOnlyList<SeedResult> Seeds,
    IReadOnlyList<(string Method, long Seed)> Diverged
)
{
    /// <summary>The method and the swept settings behind each name of <see cref="Methods"/>.</summary>
    public IReadOnlyDictionary<string, (string Method, SweepPoint Point)> Points { get; init; } =
        new Dictionary<string, (string, SweepPoint)>();

    /// <summary>What can be measured of the results.</summary>
    public IReadOnlyList<StudyMeasure> Measures { get; } = StudyMeasure.For(Seeds[0].Cohort, Seeds[0].Methods.Values);

    /// <summary>The measure of each seed that has the method.</summary>
    public double[] PerSeed(string method, StudyMeasure measure)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(measure);
        return MethodComparison.PerSeed(Seeds, method, measure);
    }

    /// <summary>
    /// Paired differences from plain training, measure by measure: those of methods, then of baselines, each corrected among
    /// themselves.
    /// </summary>
    public IReadOnlyList<MethodDifference> Differences()
    {
        var draws = MethodComparison.Resample(Seeds);
        string[] methods = [.. Methods.Where(method => method != Plain)];
        return
        [
            .. new[] { methods, Baselines }.SelectMany(names =>
                Measures.SelectMany(measure => MethodComparison.Differences(Plain, Seeds, draws, names, measure))
            ),
        ];
    }
}
