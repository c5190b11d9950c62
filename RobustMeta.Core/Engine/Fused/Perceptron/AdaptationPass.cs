using System.Numerics;
using System.Runtime.InteropServices;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>
/// Adapts the users of a chunk and scores their queries, and the way back. Two implementations share the network's passes:
/// one step in dual form for several users at once, and any number of steps with every user's own weights.
/// </summary>
internal abstract unsafe class AdaptationPass<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Items of a user lie apart: they are prefetched.
    private const int Ahead = 2;

    protected AdaptationPass(PerceptronShape shape, Arithmetic<T> arithmetic, SlowNetwork<T> slow)
    {
        Shape = shape;
        Arithmetic = arithmetic;
        Slow = slow;
        Network = new(shape, arithmetic);
        Loss = new(shape.Label);
        LocalLr = T.CreateChecked(shape.Form.Inner.LocalLr);
        Support = new(shape);
        Query = new(shape);
        Adjoint = new(shape.Hidden);
        Bent = new T*[shape.Hidden + 1];
        Outputs = new T*[shape.Hidden + 1];
        IsSet = new bool[shape.Hidden + 1];
    }

    protected PerceptronShape Shape { get; }

    protected Arithmetic<T> Arithmetic { get; }

    protected SlowNetwork<T> Slow { get; }

    protected NetworkPasses<T> Network { get; }

    protected LossKernel<T> Loss { get; }

    protected T LocalLr { get; }

    protected NetworkRows<T> Support { get; }

    protected NetworkRows<T> Query { get; }

    protected NetworkAdjoint<T> Adjoint { get; }

    protected T*[] Bent { get; }

    protected T*[] Outputs { get; }

    protected bool[] IsSet { get; }

    /// <summary>Memory that a chunk needs between <see cref="Forward"/> and <see cref="Backward"/>.</summary>
    public abstract long Measure(FusedBatch<T> batch, Chunk chunk, bool training);

    /// <summary>Losses and scores of the chunk's queries.</summary>
    public abstract void Forward(FusedBatch<T> batch, Chunk chunk, T* memory, Arena<T> scratch, bool training);

    /// <summary>Adjoints of rows and users into the batch, those of the network into <paramref name="gradient"/>.</summary>
    public abstract void Backward(FusedBatch<T> batch, Chunk chunk, T* memory, Arena<T> scratch, T* gradient);

    /// <summary>Z_1 of some rows: the item's part plus the user's.</summary>
    protected void FirstLayer(FusedBatch<T> batch, T* userLayer, int firstRow, int count, T* target)
    {
        var width = Shape.Padded[1];
        var slots = batch.Slots.Of;
        for (var i = 0; i < count; i++)
        {
            var item = batch.ItemLayer + (long)slots[firstRow + i] * width;
            Arithmetic.Add(item, userLayer, target + (long)i * width, width);
        }
    }

    /// <summary>The embedded items of some rows, one below the other.</summary>
    protected void Gather(FusedBatch<T> batch, int firstRow, int count, T* target)
    {
        var width = batch.ItemWidth;
        var slots = batch.Slots.Of;
        for (var i = 0; i < count; i++)
        {
            if (i + Ahead < count)
            {
                TableRow<T>.Prefetch(batch.Items + (long)slots[firstRow + i + Ahead] * width, width);
            }
            TableRow<T>.Copy(batch.Items + (long)slots[firstRow + i] * width, target + (long)i * width, width);
        }
    }

    /// <summary>Derivatives of the support losses at <paramref name="rows"/>' scores, and the output's deltas.</summary>
    protected void SupportLosses(FusedBatch<T> batch, NetworkRows<T> rows, int first, int count)
    {
        var labels = batch.Tasks.SupportLabels.AsSpan();
        var offsets = batch.Tasks.SupportOffset.AsSpan();
        for (var i = 0; i < count; i++)
        {
            var score = rows.Score[i] + (offsets.IsEmpty ? T.Zero : T.CreateTruncating(offsets[first + i]));
            rows.Score[i] = score;
            rows.LossSlope[i] = Loss.Slope(score, T.CreateTruncating(labels[first + i]));
            rows.LossCurvature[i] = Loss.Curvature(score);
            rows.OutputDelta[i] = batch.SupportFraction[first + i] * rows.LossSlope[i];
        }
    }

    /// <summary>Scores with their bias offset, losses and their slopes of query rows.</summary>
    protected void QueryLosses(FusedBatch<T> batch, NetworkRows<T> rows, int first, int count) =>
        batch.ScoreQueries(Loss, rows.Score, rows.LossSlope, first, count);

    /// <summary>
    /// Adjoints of the support weights of one user from those of the fractions: ω_j = a_j / Σ, so
    /// da_j = (dω_j − Σ_i ω_i dω_i) / Σ.
    /// </summary>
    protected static void AddSupportAdjoint(FusedBatch<T> batch, int user, int first, int count, T* fractions)
    {
        if (batch.SupportAdjoint.Length == 0)
        {
            return;
        }
        var mean = T.Zero;
        for (var i = 0; i < count; i++)
        {
            mean += batch.SupportFraction[first + i] * fractions[i];
        }
        for (var i = 0; i < count; i++)
        {
            batch.SupportAdjoint[first + i] += (fractions[i] - mean) / batch.WeightSum[user];
        }
    }
}
