using RobustMeta.Models.Factors;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>A user's posterior under a MetaPMF.</summary>
/// <param name="model">The model.</param>
/// <param name="vector">Its mean, <c>[K]</c>.</param>
/// <param name="covariance">Its covariance, <c>[K, K]</c>.</param>
/// <param name="level">The ratings, where the model stands on the bias model; else null.</param>
internal sealed class FactorUser(FactorModel model, double[] vector, double[] covariance, TaskBatch? level)
    : IServedUser
{
    /// <summary>Mean of the posterior, <c>[K]</c>.</summary>
    public IReadOnlyList<double> Vector => vector;

    /// <inheritdoc/>
    public float[] Score(int[] items)
    {
        var scores = model.BaseOf(level, items);
        for (var i = 0; i < items.Length; i++)
        {
            var own = DenseVector.Dot(model.Items.Vector(items[i]), vector);
            scores[i] = (float)(scores[i] + model.Center + model.Items.Mean(items[i]) + own);
        }
        return scores;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Of the score itself, without the noise of a rating: <c>qᵀVq + Σ_k s_k (h_k² + V_kk) + s_mean</c>, with the user's
    /// covariance V and the variances s of the item's vector.
    /// </remarks>
    public float[] Deviations(int[] items) =>
        Array.ConvertAll(items, item => (float)Math.Sqrt(Variance(item) + Doubt(item) + model.Items.MeanSpread(item)));

    /// <summary>What is not known of the user, in an item's score: <c>qᵀVq</c>.</summary>
    public double Variance(int item)
    {
        var q = model.Items.Vector(item);
        var product = new double[q.Length];
        SymmetricSystem.Multiply(covariance, q, product);
        return DenseVector.Dot(q, product);
    }

    private double Doubt(int item)
    {
        var spread = model.Items.Spread(item);
        double sum = 0;
        for (var k = 0; k < spread.Length; k++)
        {
            sum += spread[k] * (vector[k] * vector[k] + covariance[k * spread.Length + k]);
        }
        return sum;
    }
}
