using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Joined;

/// <summary>Losses, exact gradients and memories of MAMO, in any precision. See DERIVATION.md, MAMO.</summary>
internal sealed unsafe class FusedMamo<T> : EncodedCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly JoinedBatch<T> batch = new() { Tasks = null! };
    private readonly JoinedParameters<T> parameters;
    private readonly ChunkGradients<T> gradients;
    private readonly RowNetwork<T> items;
    private readonly RowNetwork<T> profiles;
    private readonly JoinedPass<T>[] passes;
    private readonly List<nint> memory = [];
    private readonly bool looksBack;
    private bool isTraining;

    /// <summary>An engine core for a model.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    public FusedMamo(MamoForm form, LabelKind label, ParameterArrays<T> arrays, int threads, Arithmetic<T> arithmetic)
        : base(arrays, threads, arithmetic)
    {
        var schema = form.Schema;
        looksBack = form.Spec.Inner is { InnerSteps: > 0, Order: MetaGradientOrder.Second };
        parameters = new(form, Layout, arrays, arithmetic);
        items = new(schema.ItemWidth, [], Layout, arithmetic);
        profiles = new(parameters.ProfileWidth, [], Layout, arithmetic);
        gradients = new(Layout, arithmetic);
        passes =
        [
            .. Enumerable.Range(0, threads).Select(_ => new JoinedPass<T>(form, label, batch, parameters, arithmetic)),
        ];
        Complete(
            new("item", schema.ItemFields, schema.EmbeddingDim, arrays, items),
            [new("user", schema.UserFields, schema.EmbeddingDim, arrays, profiles)],
            gradients,
            parameters.Memories
        );
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, T[] Values)> NewState => parameters.Memories.Written;

    /// <inheritdoc/>
    protected override BatchRows<T> Rows => batch;

    /// <inheritdoc/>
    protected override TaskBatch Choose(TaskBatch tasks, bool isTraining) => tasks;

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<T> supportWeights, bool isTraining)
    {
        this.isTraining = isTraining;
        batch.Begin(Memory, supportWeights);
        batch.Items = items.Outputs;
        batch.Profiles = profiles.Outputs;
        parameters.Begin(Values);
        parameters.Memories.Begin(batch.Tasks.Count, isTraining, Memory);
        memory.Clear();
        for (var u = 0; u < batch.Tasks.Count && isTraining; u++)
        {
            memory.Add((nint)Memory.Take(passes[0].Measure(u)));
        }
    }

    /// <inheritdoc/>
    protected override void EncodeItems(int first, int count) { }

    /// <inheritdoc/>
    protected override void ForwardChunk(int worker, int chunk)
    {
        batch.TakeFractions(Chunks[chunk]);
        for (var u = Chunks[chunk].FirstUser; u < Chunks[chunk].EndUser; u++)
        {
            if (isTraining)
            {
                passes[worker].Forward(u, (T*)memory[u]);
            }
            else
            {
                passes[worker].Predict(u);
            }
        }
    }

    /// <inheritdoc/>
    protected override void BeginReverse(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        batch.BeginReverse(Memory, queryWeights, userWeights);
        batch.RowAdjoint = Memory.Take((long)(batch.SupportRows + batch.QueryRows) * items.InputPadded);
        batch.ProfileAdjoint = profiles.OutputAdjoint;
        Arithmetic<T>.Clear(profiles.OutputAdjoint, (long)batch.Tasks.Count * profiles.OutputPadded);
        gradients.BeginReverse(Chunks.Count, Memory);
        parameters.Memories.BeginWrites(Memory);
    }

    /// <inheritdoc/>
    protected override void ReverseChunk(int worker, int chunk)
    {
        for (var u = Chunks[chunk].FirstUser; u < Chunks[chunk].EndUser; u++)
        {
            passes[worker].Reverse(u, (T*)memory[u], gradients.Of(chunk));
        }
    }

    /// <inheritdoc/>
    protected override void ReverseItems(int first, int count, T* target) =>
        batch.Slots.SumRows(
            Arithmetic,
            batch.RowAdjoint,
            looksBack ? 0 : batch.SupportRows,
            int.MaxValue,
            first,
            count,
            target,
            items.OutputPadded,
            accumulate: false
        );

    /// <inheritdoc/>
    protected override void Release()
    {
        foreach (var pass in passes)
        {
            pass.Dispose();
        }
        parameters.Dispose();
    }
}
