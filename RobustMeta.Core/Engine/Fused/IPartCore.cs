using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused;

/// <summary>The arithmetic part of <see cref="IPartEngine"/>.</summary>
internal interface IPartCore<T> : IFusedCore<T>
    where T : unmanaged
{
    /// <summary>Whether the model's parts can be kept apart.</summary>
    bool TakesParts { get; }

    /// <inheritdoc cref="IPartEngine.ForwardParts"/>
    ReadOnlySpan<T> ForwardParts(TaskBatch tasks, ReadOnlySpan<int> ends);

    /// <inheritdoc cref="IPartEngine.PartProducts"/>
    double[,] PartProducts();

    /// <inheritdoc cref="IPartEngine.BackwardParts"/>
    void BackwardParts(ReadOnlySpan<T> factors);
}
