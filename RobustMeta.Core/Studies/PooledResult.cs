using RobustMeta.Evaluation;

namespace RobustMeta.Studies;

/// <summary>A method's mean of one metric on one test set, pooled over seeds, beside plain training.</summary>
/// <param name="Method">The method, a swept one with its settings.</param>
/// <param name="TestSet">Number of the test set.</param>
/// <param name="Coordinate">Its coordinate on the axis of the shift.</param>
/// <param name="Divergence">KL divergence of its users from the unshifted ones, in nats; NaN where it is not known.</param>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Mean">Over seeds: mean of the users' mean, with Student's interval; its count is that of the seeds.</param>
/// <param name="Gain">Mean gain over plain training, positive where better; NaN for plain training itself.</param>
/// <param name="P">
/// The larger of the p-values of the paired t test over seeds and of the Wilcoxon test over people; NaN for plain training.
/// </param>
/// <param name="Corrected">The same, Holm-corrected over the methods of the metric and test set.</param>
public sealed record PooledResult(
    string Method,
    int TestSet,
    double Coordinate,
    double Divergence,
    string Metric,
    Interval Mean,
    double Gain,
    double P,
    double Corrected
);
