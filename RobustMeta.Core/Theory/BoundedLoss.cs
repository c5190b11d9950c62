namespace RobustMeta.Theory;

/// <summary>The loss 1 − exp(−r²/2) of a residual r: within [0, 1], not convex, and with known constants.</summary>
public static class BoundedLoss
{
    /// <summary>Largest curvature L, at r = 0.</summary>
    public const double Smoothness = 1;

    /// <summary>Largest slope G = exp(−1/2), at r = 1.</summary>
    public static double Lipschitz { get; } = Math.Exp(-0.5);

    /// <summary>Largest third derivative, at r² = 3 − √6.</summary>
    public static double HessianLipschitz { get; } = ThirdDerivative(Math.Sqrt(3 - Math.Sqrt(6)));

    /// <summary>The loss of a residual.</summary>
    public static double Of(double residual) => 1 - Math.Exp(-residual * residual / 2);

    /// <summary>Its first derivative.</summary>
    public static double Slope(double residual) => residual * Math.Exp(-residual * residual / 2);

    /// <summary>Its second derivative.</summary>
    public static double Curvature(double residual) => (1 - residual * residual) * Math.Exp(-residual * residual / 2);

    private static double ThirdDerivative(double residual) =>
        (3 * residual - residual * residual * residual) * Math.Exp(-residual * residual / 2);
}
