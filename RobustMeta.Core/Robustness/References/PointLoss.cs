using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>The loss of one prediction, in double precision, as the models' losses are defined.</summary>
public static class PointLoss
{
    /// <summary>
    /// Of one score: the logistic loss of a click, log(1 + e^s) − y s in the form that does not overflow, or the squared
    /// error of a rating.
    /// </summary>
    public static double Of(LabelKind label, double score, double target) =>
        label == LabelKind.Click
            ? Math.Max(score, 0) - target * score + Math.Log(1 + Math.Exp(-Math.Abs(score)))
            : (score - target) * (score - target);

    /// <summary>Of each score.</summary>
    public static double[] Of(LabelKind label, ReadOnlySpan<float> scores, ReadOnlySpan<float> targets)
    {
        var losses = new double[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            losses[i] = Of(label, scores[i], targets[i]);
        }
        return losses;
    }
}
