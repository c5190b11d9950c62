using RobustMeta.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Factors;

/// <summary>What the mere choice of the items of a support says, as numbers.</summary>
internal static class ExposureSum
{
    private static readonly Scalar Unit = HeldNumbers.Of(1 / ExposureDraws.UsualSupport);

    /// <summary>The sum of the items' vectors over √|S|, and log(|S| / 15), <c>[B, R + 1]</c>.</summary>
    /// <param name="vectors">Vectors of the batch's distinct items, <c>[U, R]</c>.</param>
    /// <param name="support">The supports.</param>
    /// <param name="weights">Weights of their interactions, <c>[B, S]</c>, 0 for padding.</param>
    /// <param name="hasDrawnNegatives">Whether support items of label 0 were drawn, so that they are no exposure.</param>
    /// <param name="least">Size that a smaller support counts as: of drawn negatives alone the sum is empty.</param>
    public static Tensor Of(
        Tensor vectors,
        TaskTensors.Padded support,
        Tensor weights,
        bool hasDrawnNegatives,
        Scalar least
    )
    {
        if (hasDrawnNegatives)
        {
            weights = weights * support.Labels.IsZero().logical_not().to(weights.dtype);
        }
        var sum = (TaskEncoder.At(vectors, support) * weights.unsqueeze(2)).sum(1);
        var size = weights.sum(1, keepdim: true).clamp_min(least);
        return cat([sum / size.sqrt(), (size * Unit).log()], 1);
    }
}
