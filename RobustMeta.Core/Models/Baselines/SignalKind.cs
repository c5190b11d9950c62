namespace RobustMeta.Models.Baselines;

/// <summary>What collaborative baselines learn from.</summary>
public enum SignalKind
{
    /// <summary>Residuals of ratings; positives of data without ratings (<see cref="Data.FeedbackKind"/>).</summary>
    Auto,

    /// <summary>
    /// What the bias model leaves of each observed label; scores are the bias model's plus a correction, so they are
    /// ratings or logits.
    /// </summary>
    Residuals,

    /// <summary>
    /// 1 for each relevant item, 0 for all others, observed or not (implicit feedback, as these methods were published);
    /// scores are an order only, so error metrics of them mean nothing.
    /// </summary>
    Positives,
}
