using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Classes;

/// <summary>
/// Losses and exact gradients of a model that pools a user's support in two classes (LWA, NLBA), in any precision: the
/// encoder runs once an item of the batch, users are shared by workers in chunks. Results do not depend on the number of
/// workers.
/// </summary>
internal sealed unsafe class FusedClasses<T> : IFusedCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int RowsPerChunk = 256;

    private readonly bool isWeighted;
    private readonly LossKernel<T> loss;
    private readonly ParameterArrays<T> arrays;
    private readonly Arithmetic<T> arithmetic;
    private readonly BlockLayout layout = new();
    private readonly RowNetwork<T> items;
    private readonly ClassPooling<T> pooling;
    private readonly ClassHead<T> head;
    private readonly EmbeddingTables<T> tables;
    private readonly WorkerPool pool;
    private readonly Arena<T> lasting = new();
    private readonly Arena<T> memory = new();
    private readonly ClassBatch<T> batch = new() { Tasks = null! };
    private readonly List<Chunk> chunks = [];
    private readonly T* values;
    private readonly T* gradient;
    private bool isReady;

    /// <summary>An engine core for a model.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    public FusedClasses(
        ClassForm form,
        LabelKind label,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic
    )
    {
        (isWeighted, loss, this.arrays, this.arithmetic) = (form.IsWeighted, new(label), arrays, arithmetic);
        var width = form.Encoder[^1];
        items = new("encoder", form.Schema.ItemWidth, form.Encoder, Activation.Relu, layout, arithmetic);
        pooling = new(label, form.Pooling, items.OutputPadded, arithmetic);
        head = form.Mixing is { } mixing
            ? new LinearHead<T>(mixing, width, layout, arithmetic)
            : new BiasHead<T>(width, form.Hidden, layout, arithmetic);
        values = lasting.TakeZeros(layout.Size);
        gradient = lasting.TakeZeros(layout.Size);
        tables = new("item", form.Schema.ItemFields, form.Schema.EmbeddingDim, arrays);
        pool = new(threads);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<T> SupportGradient => batch.SupportAdjoint;

    /// <inheritdoc/>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched => tables.Touched;

    /// <inheritdoc/>
    public ReadOnlySpan<T> Forward(TaskBatch tasks, ReadOnlySpan<T> supportWeights)
    {
        Compute(tasks, supportWeights);
        isReady = true;
        return batch.Losses.AsSpan(0, batch.QueryRows);
    }

    /// <inheritdoc/>
    public T[] Predict(TaskBatch tasks)
    {
        Compute(tasks, []);
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
        for (var q = 0; q < batch.QueryRows; q++)
        {
            batch.Slopes[q] *= queryWeights[q];
        }
        batch.ScoreAdjoint = memory.Take(batch.Tasks.Count);
        batch.Negative.BeginReverse(memory, batch.Tasks.Count, items.OutputPadded);
        batch.Positive.BeginReverse(memory, batch.Tasks.Count, items.OutputPadded);
        items.BeginReverse(memory);
        head.BeginReverse(batch, memory);
        pool.Run(chunks.Count, ReverseChunk);
        pool.Run(items.Blocks, ReverseItems);
        pool.Run(items.Pieces + tables.Count + head.Pieces, Collect);
        layout.Unpack(gradient, arrays.Gradient);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pool.Dispose();
        items.Dispose();
        lasting.Dispose();
        memory.Dispose();
    }

    private void Compute(TaskBatch tasks, ReadOnlySpan<T> supportWeights)
    {
        isReady = false;
        memory.Reset();
        layout.Pack(arrays.Values, values);
        batch.Fill(tasks, supportWeights.Length);
        batch.FillUsers();
        batch.SupportWeights = memory.Take(batch.SupportRows);
        var weights = new Span<T>(batch.SupportWeights, batch.SupportRows);
        if (isWeighted && !supportWeights.IsEmpty)
        {
            supportWeights.CopyTo(weights);
        }
        else
        {
            weights.Fill(T.One);
        }
        items.Begin(values, batch.Slots.Count, memory);
        batch.Encoded = items.Outputs;
        batch.Negative.Begin(memory, batch.SupportRows, tasks.Count, items.OutputPadded);
        batch.Positive.Begin(memory, batch.SupportRows, tasks.Count, items.OutputPadded);
        batch.Level = memory.Take(tasks.Count);
        batch.Total = memory.Take(tasks.Count);
        batch.Slopes = memory.Take(batch.QueryRows);
        head.Begin(values, batch, memory);
        Chunk.Plan(tasks, RowsPerChunk, chunks);
        pool.Run(items.Blocks, Encode);
        pool.Run(chunks.Count, ForwardChunk);
    }

    private void Encode(int worker, int block)
    {
        var (first, count) = items.Block(block);
        var width = items.InputPadded;
        tables.Gather(batch.Slots.Items.Slice(first, count), items.Inputs + (long)first * width, width);
        items.Forward(block);
        head.EncodeItems(batch, first, count);
    }

    private void ForwardChunk(int worker, int chunk)
    {
        var users = chunks[chunk];
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            pooling.Forward(batch, u);
        }
        head.EncodeUsers(batch, users);
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            var (first, count) = (batch.Tasks.QueryStarts[u], batch.Tasks.QueryLength(u));
            // Scores are read before their place takes the slopes.
            var scores = batch.Slopes + first;
            head.Score(batch, u, scores);
            for (var i = 0; i < count; i++)
            {
                scores[i] += batch.Level[u];
            }
            batch.ScoreQueries(loss, scores, scores, first, count);
        }
    }

    private void ReverseChunk(int worker, int chunk)
    {
        var users = chunks[chunk];
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            var sum = T.Zero;
            for (var q = batch.Tasks.QueryStarts[u]; q < batch.Tasks.QueryStarts[u + 1]; q++)
            {
                sum += batch.Slopes[q];
            }
            batch.ScoreAdjoint[u] = sum;
        }
        head.Reverse(batch, users);
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            pooling.Reverse(batch, u, isWeighted);
        }
    }

    // Adjoints of a block of items: from queries through the head, and from the classes that they are in.
    private void ReverseItems(int worker, int block)
    {
        var (first, count) = items.Block(block);
        var width = items.OutputPadded;
        var target = items.OutputAdjoint + (long)first * width;
        Arithmetic<T>.Clear(target, (long)count * width);
        head.ReverseItems(batch, first, count, target);
        for (var i = 0; i < count; i++)
        {
            foreach (var row in batch.Slots.Rows(first + i))
            {
                if (row >= batch.SupportRows)
                {
                    break;
                }
                Add(batch.Negative, row, target + (long)i * width);
                Add(batch.Positive, row, target + (long)i * width);
            }
        }
        items.Reverse(block);
    }

    private void Add(PooledClass<T> pooled, int row, T* target)
    {
        if (pooled.Weights[row] != T.Zero)
        {
            var sums = pooled.Adjoint + (long)batch.UserOf[row] * items.OutputPadded;
            arithmetic.AddScaled(pooled.Weights[row], sums, target, items.OutputPadded);
        }
    }

    // Gradients of networks and tables; each piece writes to a place of its own.
    private void Collect(int worker, int piece)
    {
        if (piece < items.Pieces)
        {
            items.WriteGradient(piece, gradient);
            return;
        }
        piece -= items.Pieces;
        if (piece < tables.Count)
        {
            tables.Scatter(piece, batch.Slots.Items, items.InputAdjoint, items.InputPadded);
            return;
        }
        head.WriteGradient(batch, piece - tables.Count, gradient);
    }
}
