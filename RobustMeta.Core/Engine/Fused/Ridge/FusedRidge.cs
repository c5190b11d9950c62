using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Ridge;

/// <summary>
/// Losses and exact meta-gradients of a model with a ridge head, in any precision: the networks run once an item and once
/// a user of the batch, and what remains of each user are small dense problems. See DERIVATION.md, ridge heads.
/// </summary>
internal sealed unsafe class FusedRidge<T> : EncodedCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly RowNetwork<T>? prior;
    private readonly long logLambda;
    private readonly long logGain;
    private readonly NumberGradient<T> ofLambda;
    private readonly NumberGradient<T> ofGain;
    private readonly RidgePass<T>[] passes;
    private readonly Arena<T>[] predictions;
    private readonly RidgeBatch<T> batch = new() { Tasks = null! };
    private readonly List<nint> chunkMemory = [];

    /// <summary>An engine core for a model.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    /// <param name="dual">See <see cref="RidgeSystem{T}"/>; for tests.</param>
    public FusedRidge(
        RidgeForm form,
        LabelKind label,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic,
        bool? dual = null
    )
        : base(arrays, threads, arithmetic)
    {
        var schema = form.Schema;
        var layers = RowLayer.Perceptron("feature", form.Features, form.Activation);
        var features = new RowNetwork<T>(schema.ItemWidth, layers, Layout, arithmetic);
        var priorLayers = RowLayer.Perceptron("prior", form.Prior, form.Activation);
        prior = form.HasPrior ? new(Math.Max(1, schema.ExposedUserWidth), priorLayers, Layout, arithmetic) : null;
        logLambda = Layout.Add(RidgeForm.LogLambda, 0, 1, 1, 1);
        logGain = Layout.Add(RidgeForm.LogGain, 0, 1, 1, 1);
        (ofLambda, ofGain) = (new(logLambda), new(logGain));
        Complete(
            new("item", schema.ItemFields, schema.EmbeddingDim, arrays, features),
            prior is null
                ? []
                :
                [
                    new(
                        "user",
                        schema.UserFields,
                        schema.EmbeddingDim,
                        arrays,
                        prior,
                        ExposureRows<T>.Of(schema, arrays)
                    ),
                ],
            ofLambda,
            ofGain
        );
        passes = [.. Enumerable.Range(0, threads).Select(_ => new RidgePass<T>(form, label, arithmetic, dual))];
        predictions = [.. Enumerable.Range(0, threads).Select(_ => new Arena<T>())];
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, T[] Values)> NewState => [];

    /// <inheritdoc/>
    protected override BatchRows<T> Rows => batch;

    /// <inheritdoc/>
    protected override TaskBatch Choose(TaskBatch tasks, bool isTraining) => tasks;

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<T> supportWeights, bool isTraining)
    {
        BatchRows<T>.RequireWeights(supportWeights, "the ridge head");
        batch.Lambda = T.Exp(Values[logLambda]);
        batch.Gain = T.Exp(Values[logGain]);
        batch.TakeSupportWeights(Memory, supportWeights);
        batch.Features = Items.Network.Outputs;
        batch.Priors = prior is null ? null : prior.Outputs;
        chunkMemory.Clear();
        foreach (var chunk in Chunks)
        {
            chunkMemory.Add(isTraining ? (nint)Memory.Take(passes[0].Measure(batch, chunk)) : 0);
        }
    }

    /// <inheritdoc/>
    protected override void EncodeItems(int first, int count) { }

    /// <inheritdoc/>
    protected override void ForwardChunk(int worker, int chunk)
    {
        var place = (T*)chunkMemory[chunk];
        if (place is null)
        {
            predictions[worker].Reset();
            place = predictions[worker].Take(passes[worker].Measure(batch, Chunks[chunk]));
        }
        passes[worker].Forward(batch, Chunks[chunk], place);
    }

    /// <inheritdoc/>
    /// <remarks>The model adds nothing of its own to a user's losses, so the weights of users have nothing to weigh.</remarks>
    protected override void BeginReverse(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        var users = batch.Tasks.Count;
        batch.QueryWeights = Memory.Take(batch.QueryRows);
        queryWeights.CopyTo(new(batch.QueryWeights, batch.QueryRows));
        batch.RowAdjoint = Memory.Take((long)(batch.SupportRows + batch.QueryRows) * Items.Network.OutputPadded);
        batch.LambdaAdjoint = Memory.Take(users);
        batch.GainAdjoint = Memory.Take(users);
        batch.PriorAdjoint = prior is null ? null : prior.OutputAdjoint;
        ofLambda.Collect(batch.LambdaAdjoint, users);
        ofGain.Collect(batch.GainAdjoint, users);
    }

    /// <inheritdoc/>
    protected override void ReverseChunk(int worker, int chunk) =>
        passes[worker].Backward(batch, Chunks[chunk], (T*)chunkMemory[chunk]);

    /// <inheritdoc/>
    protected override void ReverseItems(int first, int count, T* target) =>
        batch.Slots.SumRows(
            Arithmetic,
            batch.RowAdjoint,
            0,
            int.MaxValue,
            first,
            count,
            target,
            Items.Network.OutputPadded,
            accumulate: false
        );

    /// <inheritdoc/>
    protected override void Release()
    {
        foreach (var pass in passes)
        {
            pass.Dispose();
        }
        foreach (var arena in predictions)
        {
            arena.Dispose();
        }
    }
}
