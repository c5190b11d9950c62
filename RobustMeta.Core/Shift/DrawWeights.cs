namespace RobustMeta.Shift;

/// <summary>Weights that something is drawn with.</summary>
/// <param name="Logarithms">Logarithm of the weight of each; −∞ is never drawn while others are left.</param>
/// <param name="Property">The property of each along which it is shifted, for the report (its mean over a draw).</param>
public sealed record DrawWeights(double[] Logarithms, double[] Property)
{
    /// <summary>The same weight for all: no shift.</summary>
    /// <param name="count">How many.</param>
    public static DrawWeights Uniform(int count) => new(new double[count], new double[count]);

    /// <summary>Weights ∝ exp(strength · property).</summary>
    public static DrawWeights Tilted(double[] property, double strength)
    {
        ArgumentNullException.ThrowIfNull(property);
        return new(Array.ConvertAll(property, x => strength * x), property);
    }
}
