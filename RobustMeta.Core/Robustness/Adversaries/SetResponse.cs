using System.Numerics.Tensors;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// Exact maximisers over a set in the mean-one convention. Optionally the largest scores are taken for outliers, left out
/// and given no weight (DORO, Zhai et al., ICML 2021).
/// </summary>
internal sealed class SetResponse(AmbiguitySet set, double trim)
{
    /// <summary>Whether outliers are left out, so that the response maximises over no set.</summary>
    public bool Trims => trim > 0;

    /// <summary>Writes the maximiser of mean(w · scores), of mean one where the set lies in the simplex.</summary>
    public void Respond(ReadOnlySpan<double> scores, Span<double> weights)
    {
        var dropped = (int)Math.Round(trim * scores.Length);
        if (dropped == 0 || dropped >= scores.Length)
        {
            set.BestResponse(scores, weights);
        }
        else
        {
            RespondBelow(scores, dropped, weights);
        }
        TensorPrimitives.Divide(weights, set.UniformWeight(weights.Length), weights);
    }

    /// <summary>The worst mean(w · scores); NaN with outliers left out, when it is no maximum over one set.</summary>
    public double Worst(ReadOnlySpan<double> scores)
    {
        if (Trims)
        {
            return double.NaN;
        }
        using var scratch = new Scratch(scores.Length);
        Respond(scores, scratch.Values);
        return Means.Weighted(scratch.Values, scores);
    }

    // Scores that tie with the largest that is kept are kept too.
    private void RespondBelow(ReadOnlySpan<double> scores, int dropped, Span<double> weights)
    {
        using var sorted = new Scratch(scores.Length);
        scores.CopyTo(sorted.Values);
        sorted.Values.Sort();
        var largest = sorted.Values[scores.Length - 1 - dropped];
        var kept = 0;
        foreach (var score in scores)
        {
            if (score <= largest)
            {
                sorted.Values[kept++] = score;
            }
        }
        using var response = new Scratch(kept);
        set.BestResponse(sorted.Values[..kept], response.Values);
        for (int i = 0, k = 0; i < scores.Length; i++)
        {
            weights[i] = scores[i] <= largest ? response.Values[k++] : 0;
        }
    }
}
