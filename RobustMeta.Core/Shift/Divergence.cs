namespace RobustMeta.Shift;

/// <summary>How far a shifted distribution is from the one it shifts.</summary>
/// <param name="KullbackLeibler">KL(shifted ‖ uniform) in nats, ≥ 0 (interactions: mean over users).</param>
/// <param name="EffectiveSampleFraction">Effective sample size over sample size, 1/(n Σ q²), in (0, 1].</param>
/// <param name="MeanProperty">Mean of the shift property over what was drawn.</param>
public sealed record Divergence(double KullbackLeibler, double EffectiveSampleFraction, double MeanProperty)
{
    /// <summary>No shift, or none that weights describe.</summary>
    public static Divergence None { get; } = new(0, 1, 0);

    /// <summary>The divergence of <c>q ∝ exp(logarithms)</c> from uniform, and the mean property of a draw.</summary>
    /// <param name="logarithms">Log-weights of everything that can be drawn; at least one is finite, none is +∞ or NaN.</param>
    /// <param name="drawnMean">Mean of the shift property over what was drawn.</param>
    public static Divergence Of(ReadOnlySpan<double> logarithms, double drawnMean)
    {
        var highest = double.NegativeInfinity;
        foreach (var log in logarithms)
        {
            highest = Math.Max(highest, log);
        }
        double sum = 0;
        double squares = 0;
        double weighted = 0;
        foreach (var given in logarithms)
        {
            var log = given - highest;
            var weight = Math.Exp(log);
            sum += weight;
            squares += weight * weight;
            weighted += weight == 0 ? 0 : weight * log;
        }
        // KL(q || 1/n) = log n + Σ q log q, with log q = log weight - log sum.
        var divergence = Math.Log(logarithms.Length) + weighted / sum - Math.Log(sum);
        return new(Math.Max(0, divergence), sum * sum / squares / logarithms.Length, drawnMean);
    }

    /// <summary>The divergence of two independent draws together; the mean property is that of the other one.</summary>
    /// <param name="other">The other draw.</param>
    public Divergence And(Divergence other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(
            KullbackLeibler + other.KullbackLeibler,
            EffectiveSampleFraction * other.EffectiveSampleFraction,
            other.MeanProperty
        );
    }

    /// <summary>Means of divergences, e.g. over users.</summary>
    /// <param name="all">At least one.</param>
    public static Divergence Mean(IReadOnlyCollection<Divergence> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        return new(
            all.Average(d => d.KullbackLeibler),
            all.Average(d => d.EffectiveSampleFraction),
            all.Average(d => d.MeanProperty)
        );
    }
}
