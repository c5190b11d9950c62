namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>What a step does to the last hidden layer and the output where the layer is split, kept for the way back.</summary>
internal sealed unsafe class LastStep<T>
    where T : unmanaged
{
    /// <summary>P = A_{H−1}ᵀ diag(r) φ′(Z_H), <c>[in, padded out]</c>.</summary>
    public T* Product { get; set; }

    /// <summary>φ′(Z_H)ᵀ r, <c>[padded out]</c>.</summary>
    public T* Sum { get; set; }

    /// <summary>U of W_H, the adjoint of its gradient, <c>[in, padded out]</c>; null where the layer is not adapted.</summary>
    public T* WeightMove { get; set; }

    /// <summary>u_b, the same of b_H; null likewise.</summary>
    public T* BiasMove { get; set; }

    /// <summary>u, the same of w; zeros where the output is not adapted.</summary>
    public T* OutputMove { get; set; }

    /// <summary>u_0, the same of the output's bias.</summary>
    public T OutputBiasMove { get; set; }
}
