namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>Pointers to the weights of the decision network at one inner step: the slow ones, or a user's own.</summary>
internal sealed unsafe class NetworkWeights<T>(int hidden)
    where T : unmanaged
{
    /// <summary>Weight of layer l, <c>[in, padded out]</c>; of the first layer the item part.</summary>
    public T*[] Weight { get; } = new T*[hidden + 1];

    /// <summary>The same transposed, <c>[out, padded in]</c>.</summary>
    public T*[] Transposed { get; } = new T*[hidden + 1];

    /// <summary>
    /// The last hidden layer's transpose, each row times the output's weight, diag(w) W_Hᵀ <c>[out, padded in]</c>; null where that is the
    /// first layer.
    /// </summary>
    public T* LastTransposed { get; set; }

    /// <summary>Bias of layer l from 2 on; that of the first layer is part of the users' vectors.</summary>
    public T*[] Bias { get; } = new T*[hidden + 1];

    /// <summary>Weight of the output layer.</summary>
    public T* Output { get; set; }

    /// <summary>Bias of the output layer, one number.</summary>
    public T* OutputBias { get; set; }
}

/// <summary>Where the adjoints of <see cref="NetworkWeights{T}"/> are added up.</summary>
internal sealed unsafe class NetworkAdjoint<T>(int hidden)
    where T : unmanaged
{
    /// <inheritdoc cref="NetworkWeights{T}.Weight"/>
    public T*[] Weight { get; } = new T*[hidden + 1];

    /// <inheritdoc cref="NetworkWeights{T}.Bias"/>
    public T*[] Bias { get; } = new T*[hidden + 1];

    /// <inheritdoc cref="NetworkWeights{T}.Output"/>
    public T* Output { get; set; }

    /// <inheritdoc cref="NetworkWeights{T}.OutputBias"/>
    public T* OutputBias { get; set; }
}
