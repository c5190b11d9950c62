using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Factors;

/// <summary>
/// Scores under two hypotheses on a user's exposure, weighed for each user: as in training, where which items are in the support
/// tells of the user (<see cref="ExposurePrior"/>), or another one, where the user is like any training user whose exposure is not
/// looked at: N(m, Σ + Cov[Cᵀφ]). The weight of the first is σ(odds + Δ), Δ the sum over the support of how much more likely each label
/// is under it, predicted from the other half of the support (cross-validated evidence, Geisser and Eddy, 1979); every other item is of a
/// half, in the order of the items, so that the order of the ratings does not matter. Labels of
/// queries and other users have no part in it. Training descends on the first hypothesis alone.
/// <para>
/// Parameters: <c>exposure.marginal [K]</c>, <c>exposure.marginalPrecision [K, K]</c>, <c>exposure.odds [1]</c>, all of which stay as the
/// start computes them.
/// </para>
/// </summary>
internal static class SafeMixture
{
    private const string Marginal = "exposure.marginal";
    private const string Precision = "exposure.marginalPrecision";

    /// <summary>Name of the parameter of the odds.</summary>
    public const string Odds = "exposure.odds";

    private static readonly Scalar HalfNumber = HeldNumbers.Half;

    /// <summary>The parameters.</summary>
    /// <param name="order">Length K of a user's vector.</param>
    public static IEnumerable<ParameterShape> Shapes(int order) =>
        [
            ParameterShape.Constant(Marginal, 0, order) with
            {
                IsState = true,
            },
            ParameterShape.Constant(Precision, 0, order, order) with
            {
                IsState = true,
            },
            ParameterShape.Constant(Odds, 0, 1) with
            {
                IsState = true,
            },
        ];

    /// <summary>Takes the prior of a user whose exposure is not looked at.</summary>
    public static void Set(ParameterSet parameters, ExposurePrior prior)
    {
        var precision = prior.MarginalCovariance.Inverse();
        for (var i = 0; i < precision.RowCount; i++)
        {
            parameters[Marginal].Values[i] = (float)prior.MarginalMean[i];
            for (var j = 0; j < precision.ColumnCount; j++)
            {
                parameters[Precision].Values[i * precision.ColumnCount + j] = (float)precision[i, j];
            }
        }
    }

    /// <summary>The prior of a user whose exposure is not looked at: mean <c>[K]</c> and precision matrix <c>[K, K]</c>.</summary>
    public static (Tensor Mean, Tensor Precision) Other(IReadOnlyDictionary<string, Tensor> theta) =>
        (theta[Marginal], theta[Precision]);

    /// <summary>Evidence for exposure as in training, <c>[B, 1]</c>: the gain in log-likelihood of each half from the other.</summary>
    /// <param name="label">What is predicted.</param>
    /// <param name="noise">Variance of a rating.</param>
    /// <param name="batch">The tasks.</param>
    /// <param name="weights">Weights of the support interactions, <c>[B, S]</c>, 0 for padding.</param>
    /// <param name="informed">Scores of the supports under exposure as in training, given weights of what is folded in.</param>
    /// <param name="other">The same under another exposure.</param>
    public static Tensor Evidence(
        LabelKind label,
        Tensor noise,
        TaskTensors batch,
        Tensor weights,
        Func<Tensor, Tensor> informed,
        Func<Tensor, Tensor> other
    )
    {
        var support = batch.Support.Labels;
        var even = Aligned.Of(Half(batch.Batch, batch.Support.Length), weights.dtype, support.shape);
        var odd = even.FromOne();
        var gain = Gain(weights * even, weights * odd).Plus(Gain(weights * odd, weights * even));
        // The log-likelihood of a rating is minus half the squared error over the noise.
        return label == LabelKind.Click ? gain : gain / noise * HalfNumber;

        Tensor Gain(Tensor given, Tensor asked)
        {
            var losses = Losses.Of(label, other(given), support) - Losses.Of(label, informed(given), support);
            return (losses * asked).sum(1, keepdim: true);
        }
    }

    // 1 where an interaction is of the first half, row-major [B, S]: the first, third, … of a support by its items.
    private static float[] Half(TaskBatch batch, int width)
    {
        var half = new float[batch.Count * width];
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
                half[task * width + order[rank] - first] = 1;
            }
        }
        return half;
    }
}
