using RobustMeta.Evaluation;

namespace RobustMeta.Studies;

/// <summary>A method's difference from plain training on one measure; positive where the method is better.</summary>
/// <param name="Method">The method.</param>
/// <param name="Measure">The measure.</param>
/// <param name="OverSeeds">Over seeds, Student's t; its count is that of the seeds.</param>
/// <param name="OverUsers">Over users, bootstrap: who is drawn counts with all that any seed tested the user on.</param>
/// <param name="P">The larger of the two-sided p-values of both, before correction.</param>
/// <param name="Corrected">The same, Holm-corrected over the methods.</param>
public sealed record MethodDifference(
    string Method,
    StudyMeasure Measure,
    Interval OverSeeds,
    Interval OverUsers,
    double P,
    double Corrected
)
{
    /// <summary>
    /// The same p-values corrected for the false discovery rate (Benjamini and Hochberg) over the methods: less strict than
    /// <see cref="Corrected"/>, for a look at many methods.
    /// </summary>
    public double FalseDiscovery { get; init; } = double.NaN;

    /// <summary>Cohen's d_z over seeds: mean over standard deviation of the seeds' differences; NaN for one seed.</summary>
    public double EffectSize { get; init; } = double.NaN;

    /// <summary>
    /// p-value of the sign-flip permutation test over seeds, not corrected; NaN for one seed. With n seeds it is never below
    /// 2 / 2ⁿ.
    /// </summary>
    public double SignFlip { get; init; } = double.NaN;

    /// <summary>Fewer seeds do not show how far seeds differ: a difference over them is not told apart from chance.</summary>
    public const int FewestSeeds = 3;

    /// <summary>Whether the difference is significant at 0.05 after correction, of at least <see cref="FewestSeeds"/> seeds.</summary>
    public bool IsSignificant => Corrected < 0.05 && OverSeeds.Count >= FewestSeeds;
}
