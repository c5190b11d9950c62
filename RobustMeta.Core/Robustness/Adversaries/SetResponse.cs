using System.Numerics.Tensors;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// Exact maximisers over a set in the mean-one convention. Optionally the largest losses are taken for outliers, left out
/// and given no weight (DORO, Zhai et al., ICML 2021).
/// </summary>
internal sealed class SetResponse(AmbiguitySet set, double trim)
{
    /// <summary>Whether outliers are left out, so that the response maximises over no set.</summary>
    public bool Trims => trim > 0;

    /// <summary>Writes the maximiser of mean(w · losses), of mean one where the set lies in the simplex.</summary>
    public void Respond(ReadOnlySpan<double> losses, Span<double> weights)
    {
        var dropped = (int)Math.Round(trim * losses.Length);
        if (dropped == 0 || dropped >= losses.Length)
        {
            set.BestResponse(losses, weights);
        }
        else
        {
            RespondBelow(losses, dropped, weights);
        }
        TensorPrimitives.Divide(weights, set.UniformWeight(weights.Length), weights);
    }

    /// <summary>The worst mean(w · losses); NaN with outliers left out, when it is no maximum over one set.</summary>
    public double Worst(ReadOnlySpan<double> losses)
    {
        if (Trims)
        {
            return double.NaN;
        }
        using var scratch = new Scratch(losses.Length);
        Respond(losses, scratch.Values);
        return Means.Weighted(scratch.Values, losses);
    }

    // Losses that tie with the largest that is kept are kept too.
    private void RespondBelow(ReadOnlySpan<double> losses, int dropped, Span<double> weights)
    {
        using var sorted = new Scratch(losses.Length);
        losses.CopyTo(sorted.Values);
        sorted.Values.Sort();
        var largest = sorted.Values[losses.Length - 1 - dropped];
        var kept = 0;
        foreach (var loss in losses)
        {
            if (loss <= largest)
            {
                sorted.Values[kept++] = loss;
            }
        }
        using var response = new Scratch(kept);
        set.BestResponse(sorted.Values[..kept], response.Values);
        for (int i = 0, k = 0; i < losses.Length; i++)
        {
            weights[i] = losses[i] <= largest ? response.Values[k++] : 0;
        }
    }
}
