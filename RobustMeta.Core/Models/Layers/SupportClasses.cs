using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// A user's support items in two classes: clicked and not clicked; for ratings those above the user's own mean residual
/// and the rest.
/// </summary>
/// <param name="label">What is predicted.</param>
/// <param name="pooling">How the items of a class are brought together.</param>
/// <param name="weighted">Whether support weights count; otherwise all interactions count the same.</param>
public sealed class SupportClasses(LabelKind label, Pooling pooling, bool weighted)
{
    // A residual has to exceed the mean by more than rounding does.
    private static readonly Scalar Margin = HeldNumbers.Of(1e-4);

    /// <summary>
    /// Representative of each class, <c>[B, E]</c> (zero for an empty class), and the user's level <c>[B]</c>: the mean
    /// residual of ratings, 0 for clicks.
    /// </summary>
    /// <param name="items">Encoded support items <c>[B, S, E]</c>.</param>
    /// <param name="batch">The tasks.</param>
    public (Tensor Negative, Tensor Positive, Tensor Level) Of(Tensor items, TaskTensors batch)
    {
        var weights = weighted ? batch.SupportWeights * batch.Support.Mask : batch.Support.Mask;
        var residual = batch.Support.Labels - batch.Support.Offset;
        var level = (residual * weights).sum(1) / weights.sum(1);
        var positive =
            label == LabelKind.Click
                ? batch.Support.Labels
                : (residual.detach() > level.detach().unsqueeze(1).Plus(Margin)).to(items.dtype);
        return (
            Pool(items, weights * positive.FromOne()),
            Pool(items, weights * positive),
            label == LabelKind.Click ? zeros_like(level) : level
        );
    }

    private Tensor Pool(Tensor items, Tensor weights)
    {
        var sum = matmul(weights.unsqueeze(1), items).squeeze(1);
        if (pooling == Pooling.Sum)
        {
            return sum;
        }
        var total = weights.sum(1, keepdim: true);
        return sum / total.Plus(total.IsZero().to(total.dtype));
    }
}
