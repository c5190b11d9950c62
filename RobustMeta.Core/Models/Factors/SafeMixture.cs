using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Factors;

/// <summary>
/// Scores under two hypotheses on a user's exposure, weighed for each user: as in training, where which items are in the support
/// tells of the user (<see cref="ExposurePrior"/>), or another one, where the user is like any training user whose exposure is not
/// looked at: N(m, Σ + Cov[Cᵀφ]). The weight of the first is σ(odds + Δ), Δ the sum over the support of how much more likely each label
/// is under it, predicted from the other half of the support (cross-validated evidence, Geisser and Eddy, 1979). Labels of
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
    /// <param name="support">Labels of the supports.</param>
    /// <param name="weights">Weights of the support interactions, <c>[B, S]</c>, 0 for padding.</param>
    /// <param name="informed">Scores of the supports under exposure as in training, given weights of what is folded in.</param>
    /// <param name="other">The same under another exposure.</param>
    public static Tensor Evidence(
        LabelKind label,
        Tensor noise,
        Tensor support,
        Tensor weights,
        Func<Tensor, Tensor> informed,
        Func<Tensor, Tensor> other
    )
    {
        var width = (int)weights.shape[1];
        var even = tensor([.. Enumerable.Range(0, width).Select(j => j % 2 == 0 ? 1.0 : 0.0)])
            .to(weights.dtype)
            .unsqueeze(0);
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
}
