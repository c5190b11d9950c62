namespace RobustMeta.Training;

/// <summary>The rule of the outer steps.</summary>
public enum OptimizerKind
{
    /// <summary>Plain gradient descent.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba, ICLR 2015) with β₁ = 0.9, β₂ = 0.999, ε = 1e-8.</summary>
    Adam,

    /// <summary>Adam that moves an embedding row only when a batch touches it (fused engine; elsewhere as Adam).</summary>
    SparseAdam,
}
