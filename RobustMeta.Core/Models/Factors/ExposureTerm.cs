using System.Collections.Immutable;
using RobustMeta.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Factors;

/// <summary>
/// What an <see cref="ExposurePrior"/> adds to a model: the mean of a user's prior from the choice of the support items, and
/// the correlations of the prior. Parameters: <c>exposure.id [V, R]</c>, <c>exposure.map [R + 1, K]</c>,
/// <c>exposure.constant [K]</c> and <c>exposure.correlation [K, K]</c>. As they are made they add nothing. All stay as the start
/// computes them: the map has a coefficient for each exposure vector and factor and has seen the training users' labels already,
/// so that descending on these fits their noise.
/// </summary>
internal sealed class ExposureTerm
{
    private const string Map = "exposure.map";
    private const string Constant = "exposure.constant";
    private const string Correlation = "exposure.correlation";
    private static readonly Scalar Least = HeldNumbers.Of(FactorForm.Least);
    private readonly TokenField identity;
    private readonly FeatureSum items;
    private readonly int rank;
    private readonly int order;
    private readonly bool hasDrawnNegatives;

    /// <summary>A term for users' vectors of a given length.</summary>
    /// <param name="identity">The items' identities.</param>
    /// <param name="rank">Length R of the exposure vectors.</param>
    /// <param name="order">Length K of a user's vector.</param>
    /// <param name="hasDrawnNegatives">Whether support items of label 0 were drawn, so that they are no exposure.</param>
    public ExposureTerm(TokenField identity, int rank, int order, bool hasDrawnNegatives)
    {
        (this.identity, this.rank, this.order) = (identity, rank, order);
        this.hasDrawnNegatives = hasDrawnNegatives;
        items = new("exposure", [identity], rank);
    }

    /// <summary>The parameters.</summary>
    public IEnumerable<ParameterShape> Shapes =>
        [
            .. items
                .Shapes(0)
                .Append(ParameterShape.Constant(Map, 0, rank + 1, order))
                .Append(ParameterShape.Constant(Constant, 0, order))
                .Append(ParameterShape.Constant(Correlation, 0, order, order))
                .Select(shape => shape with { IsState = true }),
        ];

    /// <summary>Takes a prior as it was fitted; <paramref name="logPrecision"/> receives the logarithms of its precisions.</summary>
    public void Set(ParameterSet parameters, ExposurePrior prior, Span<float> logPrecision)
    {
        var vectors = parameters["exposure.id"].Values;
        // Fewer items or users than the rank leave columns that stay zero.
        var found = prior.Items.ColumnCount;
        for (var item = 0; item < prior.Items.RowCount; item++)
        {
            var token = identity.Bag(item)[0];
            for (var k = 0; token != 0 && k < found; k++)
            {
                vectors[token * rank + k] = (float)prior.Items[item, k];
            }
        }
        for (var k = 0; k < order; k++)
        {
            for (var row = 0; row < found; row++)
            {
                parameters[Map].Values[row * order + k] = (float)prior.Coefficients[row, k];
            }
            parameters[Map].Values[rank * order + k] = (float)prior.Coefficients[found, k];
            parameters[Constant].Values[k] = (float)prior.Coefficients[found + 1, k];
        }
        var precision = prior.Covariance.Inverse();
        for (var i = 0; i < order; i++)
        {
            logPrecision[i] = (float)Math.Log(precision[i, i]);
            for (var j = 0; j < order; j++)
            {
                parameters[Correlation].Values[i * order + j] =
                    i == j ? 0 : (float)(precision[i, j] / Math.Sqrt(precision[i, i] * precision[j, j]));
            }
        }
    }

    /// <summary>What the choice of the support items adds to the mean of each user's prior, <c>[B, K]</c>.</summary>
    /// <param name="theta">Parameters by name.</param>
    /// <param name="distinct">Dense indices of the batch's distinct items.</param>
    /// <param name="support">The supports.</param>
    /// <param name="weights">Weights of their interactions, <c>[B, S]</c>, 0 for padding.</param>
    public Tensor Mean(
        IReadOnlyDictionary<string, Tensor> theta,
        ImmutableArray<int> distinct,
        TaskTensors.Padded support,
        Tensor weights
    )
    {
        var vectors = items.Encode(theta, distinct, weights.dtype);
        var features = ExposureSum.Of(
            vectors,
            support,
            weights,
            hasDrawnNegatives,
            hasDrawnNegatives ? HeldNumbers.One : Least
        );
        return matmul(features, theta[Map]).Plus(theta[Constant]);
    }

    /// <summary>The prior's precision matrix, <c>[K, K]</c>.</summary>
    /// <param name="theta">Parameters by name.</param>
    /// <param name="precision">Its diagonal, <c>[K]</c>.</param>
    public static Tensor Precision(IReadOnlyDictionary<string, Tensor> theta, Tensor precision)
    {
        var root = precision.sqrt();
        return precision.diag_embed().Plus(root.unsqueeze(1) * theta[Correlation] * root.unsqueeze(0));
    }
}
