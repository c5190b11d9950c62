namespace RobustMeta.Robustness;

/// <summary>How weights climb towards the worst case.</summary>
public enum AscentRule
{
    /// <summary>A step along the losses, then Euclidean projection onto the set, after every batch.</summary>
    ProjectedGradient,

    /// <summary>
    /// The exact maximiser for the losses of the batch, nested: interactions within each user, then users of the
    /// batch. Nothing is remembered from batch to batch, and the learning rates of the weights are not used.
    /// </summary>
    BestResponse,
}
