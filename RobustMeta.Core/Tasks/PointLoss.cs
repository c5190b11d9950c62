namespace RobustMeta.Tasks;

/// <summary>The loss of one prediction, in double precision, as the models' losses are defined.</summary>
public static class PointLoss
{
    /// <summary>
    /// Of one score: the logistic loss of a click, log(1 + e^s) − y s in the form that does not overflow, or the squared
    /// error of a rating.
    /// </summary>
    public static double Of(LabelKind label, double score, double target) =>
        label == LabelKind.Click
            ? Math.Max(score, 0) - target * score + Logistic.Tail(score)
            : (score - target) * (score - target);

    /// <summary>What a score says of the label: the probability of a click, or the rating itself.</summary>
    public static double Prediction(LabelKind label, double score) =>
        label == LabelKind.Click ? Logistic.Sigmoid(score) : score;

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
