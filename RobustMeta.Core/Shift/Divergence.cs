namespace RobustMeta.Shift;

/// <summary>How far a tilted distribution is from the one it tilts.</summary>
/// <param name="KullbackLeibler">KL(tilted ‖ uniform) in nats, ≥ 0 (interactions: mean over users).</param>
/// <param name="EffectiveSampleShare">Effective sample size over sample size, 1/(n Σ q²), in (0, 1].</param>
/// <param name="MeanScore">Mean standardised score of what was drawn.</param>
public sealed record Divergence(double KullbackLeibler, double EffectiveSampleShare, double MeanScore)
{
    /// <summary>The divergence of <c>q ∝ exp(beta · scores)</c> from uniform, and the mean score of a draw.</summary>
    /// <param name="scores">Standardised scores of everything that can be drawn; not empty.</param>
    /// <param name="beta">Strength of the tilt.</param>
    /// <param name="drawnMean">Mean score of what was drawn.</param>
    public static Divergence Of(ReadOnlySpan<double> scores, double beta, double drawnMean)
    {
        var highest = double.NegativeInfinity;
        foreach (var score in scores)
        {
            highest = Math.Max(highest, beta * score);
        }
        double sum = 0;
        double squares = 0;
        double weighted = 0;
        foreach (var score in scores)
        {
            var log = beta * score - highest;
            var weight = Math.Exp(log);
            sum += weight;
            squares += weight * weight;
            weighted += weight * log;
        }
        // KL(q || 1/n) = log n + Σ q log q, with log q = log weight - log sum.
        var divergence = Math.Log(scores.Length) + weighted / sum - Math.Log(sum);
        return new(Math.Max(0, divergence), sum * sum / squares / scores.Length, drawnMean);
    }
}
