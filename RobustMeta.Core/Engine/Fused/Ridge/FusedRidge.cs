using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Ridge;

/// <summary>
/// Losses and exact meta-gradients of a model with a ridge head, in any precision: the networks run once an item and once
/// a user of the batch, and what remains of each user are small dense problems, which workers share in chunks. Results do
/// not depend on the number of workers.
/// </summary>
internal sealed unsafe class FusedRidge<T> : IFusedCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int RowsPerChunk = 256;

    private readonly RidgeForm form;
    private readonly ParameterArrays<T> arrays;
    private readonly Arithmetic<T> arithmetic;
    private readonly BlockLayout layout = new();
    private readonly RowNetwork<T> features;
    private readonly RowNetwork<T>? prior;
    private readonly long logLambda;
    private readonly long logGain;
    private readonly EmbeddingTables<T> itemTables;
    private readonly EmbeddingTables<T> userTables;
    private readonly WorkerPool pool;
    private readonly RidgePass<T>[] passes;
    private readonly Arena<T>[] predictions;
    private readonly Arena<T> lasting = new();
    private readonly Arena<T> memory = new();
    private readonly RidgeBatch<T> batch = new() { Tasks = null! };
    private readonly List<Chunk> chunks = [];
    private readonly List<nint> chunkMemory = [];
    private readonly T* values;
    private readonly T* gradient;
    private readonly Action<int, int> encode;
    private readonly Action<int, int> forward;
    private readonly Action<int, int> predict;
    private readonly Action<int, int> backward;
    private readonly Action<int, int> reverse;
    private readonly Action<int, int> collect;
    private bool isReady;

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
    {
        (this.form, this.arrays, this.arithmetic) = (form, arrays, arithmetic);
        var schema = form.Schema;
        features = new("feature", schema.ItemWidth, form.Features, form.Activation, layout, arithmetic);
        prior = form.HasPrior
            ? new("prior", Math.Max(1, schema.UserWidth), form.Prior, form.Activation, layout, arithmetic)
            : null;
        logLambda = layout.Add(RidgeForm.LogLambda, 0, 1, 1, 1);
        logGain = layout.Add(RidgeForm.LogGain, 0, 1, 1, 1);
        values = lasting.TakeZeros(layout.Size);
        gradient = lasting.TakeZeros(layout.Size);
        itemTables = new("item", schema.ItemFields, schema.EmbeddingDim, arrays);
        userTables = new("user", schema.UserFields, schema.EmbeddingDim, arrays);
        pool = new(threads);
        passes = [.. Enumerable.Range(0, threads).Select(_ => new RidgePass<T>(form, label, arithmetic, dual))];
        predictions = [.. Enumerable.Range(0, threads).Select(_ => new Arena<T>())];
        (encode, forward, predict) = (Encode, ForwardChunk, PredictChunk);
        (backward, reverse, collect) = (BackwardChunk, Reverse, Collect);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<T> SupportGradient => batch.SupportAdjoint;

    /// <inheritdoc/>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched =>
        itemTables.Touched.Concat(userTables.Touched);

    /// <inheritdoc/>
    public ReadOnlySpan<T> Forward(TaskBatch tasks, ReadOnlySpan<T> supportWeights)
    {
        Prepare(tasks, supportWeights);
        chunkMemory.Clear();
        foreach (var chunk in chunks)
        {
            chunkMemory.Add((nint)memory.Take(passes[0].Measure(batch, chunk)));
        }
        pool.Run(chunks.Count, forward);
        isReady = true;
        return batch.Losses.AsSpan(0, batch.QueryRows);
    }

    /// <inheritdoc/>
    public T[] Predict(TaskBatch tasks)
    {
        Prepare(tasks, []);
        pool.Run(chunks.Count, predict);
        return batch.Scores[..batch.QueryRows];
    }

    /// <inheritdoc/>
    /// <remarks>The model adds nothing of its own to a user's losses, so the weights of users have nothing to weigh.</remarks>
    public void Backward(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        if (!isReady)
        {
            throw new InvalidOperationException("Backward needs a Forward of the same batch before it.");
        }
        isReady = false;
        TakeAdjoints(queryWeights);
        pool.Run(chunks.Count, backward);
        pool.Run(features.Blocks + (prior?.Blocks ?? 0), reverse);
        pool.Run(features.Pieces + itemTables.Count + (prior is null ? 0 : prior.Pieces + userTables.Count), collect);
        gradient[logLambda] = Sum(batch.LambdaAdjoint);
        gradient[logGain] = Sum(batch.GainAdjoint);
        layout.Unpack(gradient, arrays.Gradient);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pool.Dispose();
        foreach (var pass in passes)
        {
            pass.Dispose();
        }
        foreach (var arena in predictions)
        {
            arena.Dispose();
        }
        features.Dispose();
        prior?.Dispose();
        lasting.Dispose();
        memory.Dispose();
    }

    private void Prepare(TaskBatch tasks, ReadOnlySpan<T> supportWeights)
    {
        isReady = false;
        memory.Reset();
        layout.Pack(arrays.Values, values);
        batch.Fill(tasks, supportWeights.Length);
        batch.Lambda = T.Exp(values[logLambda]);
        batch.Gain = T.Exp(values[logGain]);
        TakeSupportWeights(supportWeights);
        features.Begin(values, batch.Slots.Count, memory);
        prior?.Begin(values, tasks.Count, memory);
        batch.Features = features.Outputs;
        batch.Priors = prior is null ? null : prior.Outputs;
        Chunk.Plan(tasks, RowsPerChunk, chunks);
        pool.Run(features.Blocks + (prior?.Blocks ?? 0), encode);
    }

    private void TakeSupportWeights(ReadOnlySpan<T> weights)
    {
        batch.SupportWeights = memory.Take(batch.SupportRows);
        var own = new Span<T>(batch.SupportWeights, batch.SupportRows);
        if (weights.IsEmpty)
        {
            own.Fill(T.One);
            return;
        }
        foreach (var weight in weights)
        {
            if (weight < T.Zero)
            {
                throw new ArgumentException(
                    $"A support weight is {weight}; the ridge head expects weights of 0 or more. Project the weights first."
                );
            }
        }
        weights.CopyTo(own);
    }

    private void TakeAdjoints(ReadOnlySpan<T> queryWeights)
    {
        var users = batch.Tasks.Count;
        batch.QueryWeights = memory.Take(batch.QueryRows);
        queryWeights.CopyTo(new(batch.QueryWeights, batch.QueryRows));
        batch.RowAdjoint = memory.Take((long)(batch.SupportRows + batch.QueryRows) * features.OutputPadded);
        batch.LambdaAdjoint = memory.Take(users);
        batch.GainAdjoint = memory.Take(users);
        features.BeginReverse(memory);
        prior?.BeginReverse(memory);
        batch.PriorAdjoint = prior is null ? null : prior.OutputAdjoint;
    }

    // One block of items or users.
    private void Encode(int worker, int piece)
    {
        if (piece < features.Blocks)
        {
            var (first, count) = features.Block(piece);
            var width = features.InputPadded;
            itemTables.Gather(batch.Slots.Items.Slice(first, count), features.Inputs + (long)first * width, width);
            features.Forward(piece);
            return;
        }
        EncodeUsers(piece - features.Blocks);
    }

    private void EncodeUsers(int block)
    {
        var (first, count) = prior!.Block(block);
        var width = prior.InputPadded;
        var inputs = prior.Inputs + (long)first * width;
        userTables.Gather(batch.Tasks.Users.AsSpan().Slice(first, count), inputs, width);
        // Without any field, all users look the same.
        for (var i = 0; i < count && form.Schema.UserFields.IsEmpty; i++)
        {
            inputs[(long)i * width] = T.One;
        }
        prior.Forward(block);
    }

    private void ForwardChunk(int worker, int chunk) =>
        passes[worker].Forward(batch, chunks[chunk], (T*)chunkMemory[chunk]);

    private void BackwardChunk(int worker, int chunk) =>
        passes[worker].Backward(batch, chunks[chunk], (T*)chunkMemory[chunk]);

    private void PredictChunk(int worker, int chunk)
    {
        predictions[worker].Reset();
        var place = predictions[worker].Take(passes[worker].Measure(batch, chunks[chunk]));
        passes[worker].Forward(batch, chunks[chunk], place);
    }

    // Adjoints of a block of items, summed over their rows, or of users.
    private void Reverse(int worker, int piece)
    {
        if (piece >= features.Blocks)
        {
            prior!.Reverse(piece - features.Blocks);
            return;
        }
        var (first, count) = features.Block(piece);
        var width = features.OutputPadded;
        var target = features.OutputAdjoint + (long)first * width;
        batch.Slots.SumRows(arithmetic, batch.RowAdjoint, 0, first, count, target, width, accumulate: false);
        features.Reverse(piece);
    }

    // Gradients of networks and tables; each piece writes to a place of its own.
    private void Collect(int worker, int piece)
    {
        if (piece < features.Pieces)
        {
            features.WriteGradient(piece, gradient);
            return;
        }
        piece -= features.Pieces;
        if (piece < itemTables.Count)
        {
            itemTables.Scatter(piece, batch.Slots.Items, features.InputAdjoint, features.InputPadded);
            return;
        }
        piece -= itemTables.Count;
        if (piece < prior!.Pieces)
        {
            prior.WriteGradient(piece, gradient);
            return;
        }
        piece -= prior.Pieces;
        userTables.Scatter(piece, batch.Tasks.Users.AsSpan(), prior.InputAdjoint, prior.InputPadded);
    }

    private T Sum(T* users)
    {
        var sum = T.Zero;
        for (var u = 0; u < batch.Tasks.Count; u++)
        {
            sum += users[u];
        }
        return sum;
    }
}
