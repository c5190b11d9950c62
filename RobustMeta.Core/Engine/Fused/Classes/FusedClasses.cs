using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Classes;

/// <summary>
/// Losses and exact gradients of a model that pools a user's support in two classes (LWA, NLBA), in any precision: the
/// encoder runs once an item of the batch. See DERIVATION.md, pooled classes.
/// </summary>
internal sealed unsafe class FusedClasses<T> : EncodedCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool isWeighted;
    private readonly LossKernel<T> loss;
    private readonly ClassPooling<T> pooling;
    private readonly ClassHead<T> head;
    private readonly ClassBatch<T> batch = new() { Tasks = null! };
    private readonly int width;

    /// <summary>An engine core for a model.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    /// <param name="entitiesPerToken">When a field is shared (see <see cref="EmbeddingTables{T}.Plan"/>); for tests.</param>
    public FusedClasses(
        ClassForm form,
        LabelKind label,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic,
        int entitiesPerToken = 2
    )
        : base(arrays, threads, arithmetic)
    {
        (isWeighted, loss) = (form.IsWeighted, new(label));
        var schema = form.Schema;
        var layers = RowLayer.Perceptron("encoder", form.Encoder, Activation.Relu);
        var encoder = new RowNetwork<T>(schema.ItemWidth, layers, Layout, arithmetic);
        width = encoder.OutputPadded;
        pooling = new(label, form.Pooling, width, arithmetic);
        head = form.Mixing is { } mixing
            ? new LinearHead<T>(mixing, form.Encoder[^1], Layout, arithmetic)
            : new BiasHead<T>(form.Encoder[^1], form.Hidden, Layout, arithmetic);
        var fields = schema.ItemFields;
        Complete(new("item", fields, schema.EmbeddingDim, arrays, encoder, arithmetic, entitiesPerToken), [], head);
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
        var users = batch.Tasks.Count;
        batch.FillUsers();
        batch.TakeSupportWeights(Memory, isWeighted ? supportWeights : []);
        batch.Encoded = Items.Network.Outputs;
        batch.Negative.Begin(Memory, batch.SupportRows, users, width);
        batch.Positive.Begin(Memory, batch.SupportRows, users, width);
        batch.Level = Memory.Take(users);
        batch.Total = Memory.Take(users);
        batch.Slopes = Memory.Take(batch.QueryRows);
        head.Begin(Values, batch, Memory);
    }

    /// <inheritdoc/>
    protected override void EncodeItems(int first, int count) { }

    /// <inheritdoc/>
    protected override void ForwardChunk(int worker, int chunk)
    {
        var users = Chunks[chunk];
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

    /// <inheritdoc/>
    /// <remarks>The model adds nothing of its own to a user's losses, so the weights of users have nothing to weigh.</remarks>
    protected override void BeginReverse(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        for (var q = 0; q < batch.QueryRows; q++)
        {
            batch.Slopes[q] *= queryWeights[q];
        }
        batch.ScoreAdjoint = Memory.Take(batch.Tasks.Count);
        batch.Negative.BeginReverse(Memory, batch.Tasks.Count, width);
        batch.Positive.BeginReverse(Memory, batch.Tasks.Count, width);
        head.BeginReverse(batch, Memory);
    }

    /// <inheritdoc/>
    protected override void ReverseChunk(int worker, int chunk)
    {
        var users = Chunks[chunk];
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

    /// <inheritdoc/>
    /// <remarks>From queries through the head, and from the classes that the items are in.</remarks>
    protected override void ReverseItems(int first, int count, T* target)
    {
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
    }

    /// <inheritdoc/>
    protected override void Release() { }

    private void Add(PooledClass<T> pooled, int row, T* target)
    {
        if (pooled.Weights[row] != T.Zero)
        {
            var sums = pooled.Adjoint + (long)batch.UserOf[row] * width;
            Arithmetic.AddScaled(pooled.Weights[row], sums, target, width);
        }
    }
}
