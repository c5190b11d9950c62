namespace RobustMeta.Shift.Diagnosis;

/// <summary>Whether a classifier can tell the test population from the training population at one level.</summary>
/// <param name="Level">What is told apart: <c>user</c>, <c>item</c> or <c>interaction</c>.</param>
/// <param name="Auc">
/// Cross-validated area under the curve of a logistic regression on the features: 0.5 where nothing shifts, 1 where every one is
/// told apart.
/// </param>
/// <param name="Low">Lower end of its 95% interval.</param>
/// <param name="High">Upper end of its 95% interval.</param>
/// <param name="Training">Number of training users, items or interactions that were looked at.</param>
/// <param name="Test">Number of those of the test.</param>
public sealed record LevelShift(string Level, double Auc, double Low, double High, int Training, int Test)
{
    // Two equal samples have an AUC of one half but for rounding, and an interval of no width.
    private const double Chance = 0.5 + 1e-9;

    /// <summary>Whether the whole interval is above chance.</summary>
    public bool IsShifted => Low > Chance;
}
