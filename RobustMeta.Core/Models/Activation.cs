namespace RobustMeta.Models;

/// <summary>The nonlinearity between dense layers.</summary>
public enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x · σ(x) (Elfwing et al., Neural Networks 2018).</summary>
    Silu,

    /// <summary>x, or 0.1 x where negative.</summary>
    LeakyRelu,
}
