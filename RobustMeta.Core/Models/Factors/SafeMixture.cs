using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models.Factors;

/// <summary>
/// Scores under two hypotheses on a user's exposure, weighed for each user: as in training, where which items are in the support
/// tells of the user (<see cref="ExposurePrior"/>), or another one, of which nothing is known and which is not looked at. The weight of
/// the first is σ(odds + Δ), Δ the sum over the support of how much more likely each label is under it, predicted from the other half
/// of the support (cross-validated evidence, Geisser and Eddy, 1979); every other item is of a half, in the order of the items, so
/// that the order of the ratings does not matter. Labels of queries and other users have no part in it.
/// </summary>
internal static class SafeMixture
{
    /// <summary>Odds at which the weight of exposure is 0 whatever the evidence: finite, for files that hold it.</summary>
    public const double Never = -1e6;

    /// <summary>The mixture.</summary>
    /// <param name="informed">Scores under exposure as in training, <c>[B, Q]</c>.</param>
    /// <param name="plain">The same without a look at exposure.</param>
    /// <param name="evidence">Evidence for the first, <c>[B, 1]</c>.</param>
    /// <param name="odds">What the evidence is added to, <c>[1]</c>.</param>
    public static Tensor Of(Tensor informed, Tensor plain, Tensor evidence, Tensor odds)
    {
        var weight = evidence.Plus(odds).sigmoid();
        return (weight * informed).Plus(weight.FromOne() * plain);
    }

    /// <summary>Evidence for exposure as in training, <c>[B, 1]</c>: the gain in log-likelihood of each half from the other.</summary>
    /// <param name="batch">The tasks.</param>
    /// <param name="weights">Weights of the support interactions, <c>[B, S]</c>, 0 for padding.</param>
    /// <param name="informed">
    /// Log-likelihoods of the supports' labels under exposure as in training, given weights of what is folded in.
    /// </param>
    /// <param name="plain">The same without a look at exposure.</param>
    public static Tensor Evidence(
        TaskTensors batch,
        Tensor weights,
        Func<Tensor, Tensor> informed,
        Func<Tensor, Tensor> plain
    )
    {
        var even = Aligned.Of(Half(batch.Batch, batch.Support.Length), weights.dtype, batch.Support.Labels.shape);
        var odd = even.FromOne();
        return Gain(weights * even, weights * odd).Plus(Gain(weights * odd, weights * even));

        Tensor Gain(Tensor given, Tensor asked) => ((informed(given) - plain(given)) * asked).sum(1, keepdim: true);
    }

    /// <summary>Whether each support interaction is of the first half: the first, third, … of a support by its items.</summary>
    internal static bool[] FirstHalf(TaskBatch batch)
    {
        var half = new bool[batch.SupportItems.Length];
        for (var task = 0; task < batch.Count; task++)
        {
            var first = batch.SupportStarts[task];
            var order = Enumerable
                .Range(first, batch.SupportLength(task))
                .OrderBy(j => batch.SupportItems[j])
                .ThenBy(j => batch.SupportLabels[j])
                .ToArray();
            for (var rank = 0; rank < order.Length; rank += 2)
            {
                half[order[rank]] = true;
            }
        }
        return half;
    }

    // 1 where an interaction is of the first half, row-major [B, S].
    private static float[] Half(TaskBatch batch, int width)
    {
        var isFirst = FirstHalf(batch);
        var half = new float[batch.Count * width];
        for (var task = 0; task < batch.Count; task++)
        {
            var first = batch.SupportStarts[task];
            for (var j = first; j < batch.SupportStarts[task + 1]; j++)
            {
                half[task * width + j - first] = isFirst[j] ? 1 : 0;
            }
        }
        return half;
    }
}
