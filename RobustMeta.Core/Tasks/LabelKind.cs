namespace RobustMeta.Tasks;

/// <summary>What is predicted, and with which loss.</summary>
public enum LabelKind
{
    /// <summary>Whether the rating reaches the label threshold (0/1): binary cross-entropy with logits.</summary>
    Click,

    /// <summary>The rating itself: squared error.</summary>
    Rating,
}
