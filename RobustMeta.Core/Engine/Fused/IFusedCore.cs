using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused;

/// <summary>
/// What computes one form of models, in one precision: see <see cref="IMetaGradientEngine"/>, of which this is the
/// arithmetic part.
/// </summary>
internal interface IFusedCore<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Derivatives by the support weights of the last batch; empty where it had none.</summary>
    ReadOnlySpan<T> SupportGradient { get; }

    /// <summary>Rows of the embedding tables that the last <see cref="Backward"/> gave gradients.</summary>
    IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched { get; }

    /// <summary>State after the last <see cref="Backward"/>, by name; empty for models without.</summary>
    IEnumerable<(string Name, T[] Values)> NewState { get; }

    /// <summary>Loss of each query interaction.</summary>
    ReadOnlySpan<T> Forward(TaskBatch tasks, ReadOnlySpan<T> supportWeights);

    /// <summary>Gradients of all parameters.</summary>
    void Backward(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights);

    /// <summary>Score of each query interaction.</summary>
    T[] Predict(TaskBatch tasks);
}
