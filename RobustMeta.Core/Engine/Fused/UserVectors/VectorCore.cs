using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.UserVectors;

/// <summary>What the cores of models with a base network of users' vectors share. See DERIVATION.md, vectors of users.</summary>
internal abstract unsafe class VectorCore<T> : EncodedCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A core with the base network in its layout.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="phase">What is learned.</param>
    /// <param name="arrays">Parameters of the model.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    protected VectorCore(
        UserVectorForm form,
        TrainingPhase phase,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic
    )
        : base(arrays, threads, arithmetic, phase) => Network = new(form, Layout, arithmetic);

    /// <inheritdoc/>
    public sealed override IEnumerable<(string Name, T[] Values)> NewState => [];

    /// <inheritdoc/>
    protected sealed override BatchRows<T> Rows => Batch;

    /// <inheritdoc/>
    protected sealed override bool SumsByItem => !Items.IsConstant;

    /// <summary>The batch.</summary>
    protected VectorBatch<T> Batch { get; } = new() { Tasks = null! };

    /// <summary>The base network.</summary>
    protected BaseNetwork<T> Network { get; }

    /// <inheritdoc/>
    protected sealed override TaskBatch Choose(TaskBatch tasks, bool isTraining) => tasks;

    /// <summary>Takes memory of the batch and of the base network.</summary>
    protected void BeginBase(ReadOnlySpan<T> supportWeights)
    {
        Batch.Begin(Memory, supportWeights);
        Batch.ItemPart = Network.Items.Outputs;
        Batch.UserPart = Network.Users.Outputs;
        Network.Begin(Values, Batch.SupportRows + Batch.QueryRows, Memory);
    }

    /// <inheritdoc/>
    protected sealed override void EncodeItems(int first, int count) { }

    /// <inheritdoc/>
    protected sealed override void Release() { }
}
