using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.UserVectors;

/// <summary>
/// Pretraining of the base network of MetaEmb and MWUF, in any precision: each user has a trained vector, and the losses of
/// support and query count. See DERIVATION.md, vectors of users.
/// </summary>
internal sealed unsafe class FusedPretraining<T> : VectorCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly RowNetwork<T> vectors;
    private readonly VectorRows<T> rows;
    private T* hiddenAdjoint;

    /// <summary>An engine core for the pretraining of a model.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="phase">The pretraining.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    public FusedPretraining(
        UserVectorForm form,
        TrainingPhase phase,
        LabelKind label,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic
    )
        : base(form, phase, arrays, threads, arithmetic)
    {
        var schema = form.Schema;
        vectors = Network.VectorNetwork();
        rows = new(Batch, Network, new(label), arithmetic);
        Complete(
            new("item", schema.ItemFields, schema.EmbeddingDim, arrays, Network.Items),
            [
                new("user", schema.UserFields, schema.EmbeddingDim, arrays, Network.Users),
                new("user", [schema.UserIdentity with { Name = "vector" }], form.VectorDim, arrays, vectors),
            ],
            Network.Gradients
        );
    }

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<T> supportWeights, bool isTraining)
    {
        BeginBase(supportWeights);
        rows.Begin(Memory);
    }

    /// <inheritdoc/>
    protected override void ForwardChunk(int worker, int chunk)
    {
        var users = Chunks[chunk];
        Batch.TakeFractions(users);
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            var start = (long)u * Network.Padded;
            Arithmetic.Add(Network.Users.Outputs + start, vectors.Outputs + start, rows.Own + start, Network.Padded);
            rows.ForwardSupport(u);
            rows.ForwardQuery(u);
        }
    }

    /// <inheritdoc/>
    protected override void BeginReverse(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        var all = Batch.SupportRows + Batch.QueryRows;
        Batch.BeginReverse(Memory, queryWeights, userWeights);
        rows.BeginReverse(Memory);
        hiddenAdjoint = Memory.Take((long)all * Network.Padded);
        Network.Collect(rows.Slopes, rows.Units, all);
    }

    /// <inheritdoc/>
    protected override void ReverseChunk(int worker, int chunk)
    {
        var users = Chunks[chunk];
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            rows.WeighSupport(u);
            rows.WeighQuery(u, T.One);
            rows.Reverse(u, Batch.SupportOf(u), hiddenAdjoint);
            rows.Reverse(u, Batch.QueryOf(u), hiddenAdjoint);
            var start = (long)u * Network.Padded;
            Arithmetic<T>.Copy(rows.OwnAdjoint + start, Network.Users.OutputAdjoint + start, Network.Padded);
            Arithmetic<T>.Copy(rows.OwnAdjoint + start, vectors.OutputAdjoint + start, Network.Padded);
            Batch.GiveWeightAdjoint(u);
        }
    }

    /// <inheritdoc/>
    protected override void ReverseItems(int first, int count, T* target) =>
        Batch.Slots.SumRows(
            Arithmetic,
            hiddenAdjoint,
            0,
            int.MaxValue,
            first,
            count,
            target,
            Network.Padded,
            accumulate: false
        );
}
