namespace RobustMeta.Robustness.References;

/// <summary>How well a reference, or the model without one, predicts the validation users.</summary>
/// <param name="Name">Name of the reference; <see cref="PlainName"/> is the plainly trained model.</param>
/// <param name="Loss">Mean over users of the mean query loss.</param>
/// <param name="IsChosen">Whether the adversary's losses are measured against it; the model itself: against nothing.</param>
public sealed record ReferenceLoss(string Name, double Loss, bool IsChosen)
{
    /// <summary>Name of the plainly trained model.</summary>
    public const string PlainName = "plain";
}
