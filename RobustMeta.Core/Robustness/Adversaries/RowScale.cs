namespace RobustMeta.Robustness.Adversaries;

/// <summary>Scales the weights of one user.</summary>
internal static class RowScale
{
    // Weights that are all zero become uniform.
    public static void ToMeanOne(Span<double> weights)
    {
        var mean = Means.Of(weights);
        foreach (ref var weight in weights)
        {
            weight = mean > 0 ? weight / mean : 1;
        }
    }
}
