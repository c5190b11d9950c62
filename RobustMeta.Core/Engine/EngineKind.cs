namespace RobustMeta.Engine;

/// <summary>Which engine computes a model.</summary>
public enum EngineKind
{
    /// <summary>The fused engine where the model has its form, automatic differentiation elsewhere.</summary>
    Auto,

    /// <summary><see cref="FusedEngine"/>; models that it cannot compute are refused.</summary>
    Fused,

    /// <summary><see cref="AutogradEngine"/>, which computes any model.</summary>
    Autograd,
}
