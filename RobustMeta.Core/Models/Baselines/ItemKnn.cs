namespace RobustMeta.Models.Baselines;

/// <summary>
/// Neighbourhood of items (Sarwar et al., WWW 2001): similarity is the cosine of two columns with shrinkage,
/// <c>x_iᵀx_j / (|x_i||x_j| + shrink)</c>; the output for an item sums over the most similar items of the profile. Residuals are
/// averaged, <c>Σ s r / (Σ |s| + shrink / 100)</c>; positives are summed.
/// </summary>
/// <param name="gram">Inner products of the columns.</param>
/// <param name="neighbours">Number of most similar profile items that count.</param>
/// <param name="shrink">Shrinkage, at least 0.</param>
/// <param name="kind">What the columns hold.</param>
public sealed class ItemKnn(ItemGram gram, int neighbours, double shrink, SignalKind kind) : IProfileModel
{
    /// <inheritdoc/>
    public double[] Score(Profile profile, ReadOnlySpan<int> items)
    {
        var outputs = new double[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var to = gram.PlaceOf(items[i]);
            if (to < 0)
            {
                continue;
            }
            var nearest = profile
                .Items.Select((item, j) => (Similarity: Similarity(gram.PlaceOf(item), to), Value: profile.Values[j]))
                .OrderByDescending(x => Math.Abs(x.Similarity))
                .Take(neighbours)
                .ToList();
            var sum = nearest.Sum(x => x.Similarity * x.Value);
            var mass = nearest.Sum(x => Math.Abs(x.Similarity)) + shrink / 100;
            outputs[i] =
                kind == SignalKind.Positives ? sum
                : mass > 0 ? sum / mass
                : 0;
        }
        return outputs;
    }

    private double Similarity(int a, int b)
    {
        if (a < 0 || a == b)
        {
            return 0;
        }
        var lengths = Math.Sqrt(gram.Values[a * gram.Count + a] * gram.Values[b * gram.Count + b]) + shrink;
        return lengths > 0 ? gram.Values[a * gram.Count + b] / lengths : 0;
    }
}
