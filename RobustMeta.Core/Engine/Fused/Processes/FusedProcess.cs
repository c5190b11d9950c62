using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Models.Layers;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>
/// Losses and exact gradients of TaNP, in any precision: a neural process on a user's points. In training the context, drawn as by
/// automatic differentiation, takes the place of the support. See DERIVATION.md, TaNP.
/// </summary>
internal sealed unsafe class FusedProcess<T> : EncodedCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly TaNPSpec spec;
    private readonly LossKernel<T> loss;
    private readonly ParameterArrays<T> arrays;
    private readonly RandomStream random = new(TaNP.RandomName);
    private readonly ProcessDraws draws;
    private readonly RowNetwork<T> users;
    private readonly SetEncoder<T> latent;
    private readonly SetEncoder<T> identity;
    private readonly Posterior<T> posterior;
    private readonly TaskEmbedding<T> embedding;
    private readonly Decoder<T> decoder;
    private readonly ProcessBatch<T> batch = new() { Tasks = null! };
    private (float Key, float Step) state;

    /// <summary>An engine core for a model.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    public FusedProcess(
        ProcessForm form,
        LabelKind label,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic
    )
        : base(arrays, threads, arithmetic)
    {
        (spec, loss, this.arrays) = (form.Spec, new(label), arrays);
        draws = new(random, spec.ContextMin);
        var (schema, wide, narrow) = (form.Schema, spec.HiddenDim1, spec.HiddenDim2);
        var items = Side("itemside", schema.ItemWidth);
        users = Side("userside", Math.Max(1, schema.ExposedUserWidth));
        latent = new("latent", narrow, wide, narrow, Layout, arithmetic);
        posterior = new("latent", narrow, spec.ZDim, Layout, arithmetic);
        identity = new("identity", narrow, wide, wide, Layout, arithmetic);
        embedding = new("identity.2", wide, narrow, spec.PoolSize, spec.TauT, Layout, arithmetic);
        decoder = new(spec, Layout, arithmetic);
        Complete(
            new("item", schema.ItemFields, schema.EmbeddingDim, arrays, items),
            [new("user", schema.UserFields, schema.EmbeddingDim, arrays, users, ExposureRows<T>.Of(schema, arrays))],
            [.. latent.Gradients, .. posterior.Gradients, .. identity.Gradients, embedding, decoder]
        );

        RowNetwork<T> Side(string name, int inputs) =>
            new(inputs, [new($"{name}.0", narrow, Activation.Relu)], Layout, arithmetic, $"{name}.input");
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, T[] Values)> NewState =>
        [(random.StepName, [T.CreateChecked(state.Step) + T.One])];

    /// <inheritdoc/>
    protected override BatchRows<T> Rows => batch;

    /// <inheritdoc/>
    protected override TaskBatch Choose(TaskBatch tasks, bool isTraining)
    {
        batch.IsTraining = isTraining;
        state = (Number(random.KeyName), Number(random.StepName));
        return isTraining ? batch.DrawContexts(tasks, draws, state, Share) : tasks;

        float Number(string name) => float.CreateTruncating(arrays.Values(name)[0]);
    }

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<T> supportWeights, bool isTraining)
    {
        var rows = batch.SupportRows + (isTraining ? batch.QueryRows : 0);
        batch.Items = Items.Network.Outputs;
        batch.Users = users.Outputs;
        batch.Begin(Memory, spec.WeightedPooling ? supportWeights : []);
        latent.Begin(Values, batch, rows, Memory);
        posterior.Begin(Values, batch.Tasks.Count, isTraining, Memory);
        identity.Begin(Values, batch, batch.SupportRows, Memory);
        embedding.Begin(Values, batch.Tasks.Count, Memory);
        decoder.Begin(Values, batch, Memory);
    }

    /// <inheritdoc/>
    protected override void EncodeItems(int first, int count)
    {
        latent.EncodeItems(batch, first, count);
        identity.EncodeItems(batch, first, count);
        decoder.EncodeItems(batch, first, count);
    }

    /// <inheritdoc/>
    protected override void ForwardChunk(int worker, int chunk)
    {
        var own = Chunks[chunk];
        batch.TakeLabels(loss, own);
        latent.EncodeUsers(batch, own);
        identity.EncodeUsers(batch, own);
        latent.Forward(batch, own, isQuery: false);
        identity.Forward(batch, own, isQuery: false);
        if (batch.IsTraining)
        {
            latent.Forward(batch, own, isQuery: true);
            DrawNoise(own);
        }
        for (var u = own.FirstUser; u < own.EndUser; u++)
        {
            Pool(u);
        }
        posterior.Forward(own);
        embedding.Forward(own);
        decoder.EncodeUsers(batch, own, posterior.Latents, embedding.Tasks);
        decoder.Forward(batch, own, isQuery: true);
        var (first, count) = batch.QueryOf(own);
        batch.ScoreQueries(loss, batch.Slopes + first, batch.Slopes + first, first - batch.SupportRows, count);
        if (batch.IsTraining)
        {
            decoder.Forward(batch, own, isQuery: false);
            batch.ScoreSupports(loss, batch.Slopes, batch.ContextLosses, batch.SupportOf(own));
        }
    }

    /// <inheritdoc/>
    protected override void BeginReverse(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        batch.BeginReverse(Memory, queryWeights, userWeights);
        latent.BeginReverse(batch, Memory);
        posterior.BeginReverse(Memory);
        identity.BeginReverse(batch, Memory);
        embedding.BeginReverse(T.CreateChecked(spec.Lambda), Memory);
        decoder.BeginReverse(batch, posterior.Latents, embedding.Tasks, Memory);
    }

    /// <inheritdoc/>
    protected override void ReverseChunk(int worker, int chunk)
    {
        var own = Chunks[chunk];
        for (var u = own.FirstUser; u < own.EndUser; u++)
        {
            batch.ReverseLosses(u);
        }
        decoder.Reverse(batch, own, isQuery: true);
        decoder.Reverse(batch, own, isQuery: false);
        decoder.ReverseUsers(own, posterior.LatentAdjoint, embedding.TaskAdjoint, users.OutputAdjoint);
        posterior.Reverse(own, batch.UserWeights);
        embedding.Reverse(own);
        for (var u = own.FirstUser; u < own.EndUser; u++)
        {
            ReversePool(u);
        }
        latent.Reverse(batch, own, isQuery: true);
        latent.Reverse(batch, own, isQuery: false);
        identity.Reverse(batch, own, isQuery: false);
        latent.ReverseUsers(own, users.OutputAdjoint, accumulate: true);
        identity.ReverseUsers(own, users.OutputAdjoint, accumulate: true);
        batch.GiveWeightAdjoint(own);
    }

    /// <inheritdoc/>
    protected override void ReverseItems(int first, int count, T* target)
    {
        latent.ReverseItems(batch, first, count, target, accumulate: false);
        identity.ReverseItems(batch, first, count, target, accumulate: true);
        decoder.ReverseItems(batch, first, count, target, accumulate: true);
    }

    /// <inheritdoc/>
    protected override void Release() { }

    private void DrawNoise(Chunk own)
    {
        Span<double> noise = new double[spec.ZDim];
        for (var u = own.FirstUser; u < own.EndUser; u++)
        {
            draws.Noise(state, batch.Tasks.Users[u], noise);
            posterior.TakeNoise(u, noise);
        }
    }

    // Means of a user's encoded points: over the context, and in training over context and query.
    private void Pool(int user)
    {
        var (context, query) = (batch.SupportOf(user), batch.QueryOf(user));
        var weights = batch.SupportWeights + context.First;
        var total = batch.WeightSum[user];
        var ofIdentity = embedding.OfContext(user);
        identity.Mean.Add(identity.Row(context.First), weights, context.Count, ofIdentity);
        identity.Mean.Divide(ofIdentity, total, ofIdentity);
        var ofContext = posterior.OfContext(user);
        Arithmetic<T>.Clear(ofContext, latent.Mean.Width);
        latent.Mean.Add(latent.Row(context.First), weights, context.Count, ofContext);
        if (batch.IsTraining)
        {
            var ofTarget = posterior.OfTarget(user);
            Arithmetic<T>.Copy(ofContext, ofTarget, latent.Mean.Width);
            latent.Mean.Add(latent.Row(query.First), null, query.Count, ofTarget);
            latent.Mean.Divide(ofTarget, total + T.CreateChecked(query.Count), ofTarget);
        }
        latent.Mean.Divide(ofContext, total, ofContext);
    }

    private void ReversePool(int user)
    {
        var (context, query) = (batch.SupportOf(user), batch.QueryOf(user));
        var weights = batch.SupportWeights + context.First;
        var toWeights = batch.WeightAdjoint + context.First;
        var total = batch.WeightSum[user];
        var (mean, first) = (latent.Mean, context.First);
        var target = posterior.TargetAdjoint(user);
        var own = posterior.ContextAdjoint(user);
        mean.Divide(target, total + T.CreateChecked(query.Count), target);
        mean.Divide(own, total, own);
        mean.Reverse(target, null, query.Count, latent.Adjoint(query.First));
        mean.ReverseWeights(latent.Row(first), target, posterior.OfTarget(user), context.Count, toWeights);
        mean.ReverseWeights(latent.Row(first), own, posterior.OfContext(user), context.Count, toWeights);
        Arithmetic.Add(own, target, target, mean.Width);
        mean.Reverse(target, weights, context.Count, latent.Adjoint(first));
        var pulled = embedding.ContextAdjoint(user);
        identity.Mean.Divide(pulled, total, pulled);
        identity.Mean.Reverse(pulled, weights, context.Count, identity.Adjoint(first));
        identity.Mean.ReverseWeights(identity.Row(first), pulled, embedding.OfContext(user), context.Count, toWeights);
    }
}
