namespace RobustMeta.Robustness.References;

/// <summary>What the adversary's losses are measured against.</summary>
public enum ReferenceKind
{
    /// <summary>Nothing: the adversary sees the losses themselves, as in the paper.</summary>
    None,

    /// <summary>The bias model without the user's own ratings.</summary>
    Bias,

    /// <summary>A model of its own, cross-fitted over folds of the training users.</summary>
    Crossfit,

    /// <summary>
    /// The better of <see cref="Bias"/> and <see cref="Crossfit"/> on the validation users, or no adversary where the
    /// plainly trained model is better than both.
    /// </summary>
    Auto,

    /// <summary>The least loss of each user, as one constant.</summary>
    UserConstant,

    /// <summary>The entropy (or variance) of each user's labels, as one constant.</summary>
    Entropy,

    /// <summary>The streaming average of the model's losses on the same item.</summary>
    ItemAverage,
}
