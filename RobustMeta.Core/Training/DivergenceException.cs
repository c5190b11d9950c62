namespace RobustMeta.Training;

/// <summary>A loss, gradient or score is not finite; training stops at once.</summary>
/// <param name="epoch">Epoch, from 1.</param>
/// <param name="batch">Batch of the epoch, from 1.</param>
/// <param name="what">What was not finite: the loss, the gradient of a parameter, or a validation score.</param>
public sealed class DivergenceException(int epoch, int batch, string what)
    : Exception(
        FormattableString.Invariant($"Training diverged in epoch {epoch}, batch {batch}: {what} is not finite. ")
            + "Lower lr or localLr, set clip, or take order second (first-order meta-gradients overshoot at a large "
            + "localLr)."
    )
{
    /// <summary>Epoch, from 1.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>Batch of the epoch, from 1.</summary>
    public int Batch { get; } = batch;

    /// <summary>What was not finite.</summary>
    public string What { get; } = what;
}
