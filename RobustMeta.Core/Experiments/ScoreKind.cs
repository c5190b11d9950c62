namespace RobustMeta.Experiments;

/// <summary>What scores from elsewhere are.</summary>
public enum ScoreKind
{
    /// <summary>They order items and are no labels: errors are not measured.</summary>
    Order,

    /// <summary>They estimate the labels: ratings, or logits of a click.</summary>
    Labels,
}
