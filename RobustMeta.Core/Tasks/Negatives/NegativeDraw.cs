namespace RobustMeta.Tasks;

/// <summary>When the negatives of training tasks are drawn.</summary>
public enum NegativeDraw
{
    /// <summary>Once, before tasks are made.</summary>
    Fixed,

    /// <summary>
    /// Anew for each epoch of training. Validation, test and what is computed before training (closed-form starts, references,
    /// baselines) see the first draw.
    /// </summary>
    Fresh,
}
