namespace RobustMeta.Studies;

/// <summary>Measures every candidate and takes the best; ties go to the first, and so does a choice among none with a value.</summary>
/// <param name="candidates">The candidates, at least one.</param>
/// <param name="higherIsBetter">Direction of the selection metric.</param>
public sealed class ListTuner(IReadOnlyList<string> candidates, bool higherIsBetter) : ITuner
{
    private readonly IReadOnlyList<string> candidates =
        candidates ?? throw new ArgumentNullException(nameof(candidates));
    private readonly Dictionary<string, double> values = [];

    /// <inheritdoc/>
    public Tuning? Result =>
        Ask().Count > 0
            ? null
            : new(candidates.MaxBy(Rank)!, [.. candidates.Select(candidate => (candidate, values[candidate]))]);

    /// <inheritdoc/>
    public IReadOnlyList<TuningTrial> Ask() =>
        [.. candidates.Where(c => !values.ContainsKey(c)).Select(c => new TuningTrial(c))];

    /// <inheritdoc/>
    public void Tell(TuningTrial trial, double value, TimeSpan time = default) => values[trial.Value] = value;

    private double Rank(string candidate) =>
        double.IsNaN(values[candidate]) ? double.NegativeInfinity
        : higherIsBetter ? values[candidate]
        : -values[candidate];
}
