using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>
/// Any number of inner steps, one user at a time, with the user's own weights after each step (in the first layer kernels
/// in their place, where these are cheaper). Back through a step: the adjoint V of the new weights is that of the old ones, and U = −rate·V is that of the step's gradient AᵀD, which goes
/// on to A and D. The Hessian is never formed.
/// </summary>
internal sealed unsafe partial class StepwisePass<T> : AdaptationPass<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int hidden;
    private readonly int steps;
    private readonly NetworkRows<T>[] rows;
    private readonly NetworkWeights<T>[] weights;
    private readonly T*[] userLayer;

    // X^t, the items of the support at each step [steps]: other ones where the embeddings move, the same elsewhere.
    private readonly T*[] supportItems;
    private readonly T*[] f;
    private readonly T*[] queryOutputs;
    private readonly bool[] nothingSet;
    private readonly T*[] none;
    private readonly NetworkAdjoint<T> own;
    private readonly ParameterLayout at;

    public StepwisePass(PerceptronShape shape, Arithmetic<T> arithmetic, SlowNetwork<T> slow)
        : base(shape, arithmetic, slow)
    {
        (hidden, steps, at) = (shape.Hidden, shape.Steps, slow.Layout);
        rows = [.. Enumerable.Range(0, steps).Select(_ => new NetworkRows<T>(shape))];
        weights = [slow.Weights, .. Enumerable.Range(0, steps).Select(_ => new NetworkWeights<T>(hidden))];
        userLayer = new T*[steps + 1];
        f = new T*[hidden + 1];
        queryOutputs = new T*[hidden + 1];
        nothingSet = new bool[hidden + 1];
        none = new T*[hidden + 1];
        last = [.. Enumerable.Range(0, steps).Select(_ => new LastStep<T>())];
        (supportItems, userRow, userWeight) = (new T*[steps], new T*[steps + 1], new T*[steps + 1]);
        own = new(hidden);
    }

    public override long Measure(FusedBatch<T> batch, Chunk chunk, bool training)
    {
        var memory = new Bump<T>(null);
        for (var user = chunk.FirstUser; user < chunk.EndUser; user++)
        {
            Carve(ref memory, batch, user, training);
        }
        return memory.Taken;
    }

    public override void Forward(FusedBatch<T> batch, Chunk chunk, T* memory, Arena<T> scratch, bool training)
    {
        var place = new Bump<T>(memory);
        for (var user = chunk.FirstUser; user < chunk.EndUser; user++)
        {
            Carve(ref place, batch, user, training);
            scratch.Reset();
            Adapt(batch, user, scratch);
            ScoreQueries(batch, user, scratch);
        }
    }

    public override void Backward(FusedBatch<T> batch, Chunk chunk, T* memory, Arena<T> scratch, T* gradient)
    {
        var place = new Bump<T>(memory);
        for (var user = chunk.FirstUser; user < chunk.EndUser; user++)
        {
            Carve(ref place, batch, user, training: true);
            scratch.Reset();
            ReverseUser(batch, user, scratch, gradient);
        }
    }

    // In prediction the steps use the same memory: nothing of a step is needed after the next one.
    private void Carve(ref Bump<T> memory, FusedBatch<T> batch, int user, bool training)
    {
        var start = memory;
        var supports = batch.Tasks.SupportLength(user);
        usesKernel = Shape.PrefersKernel(supports, batch.Tasks.QueryLength(user));
        for (var t = 0; t < steps; t++)
        {
            var same = training ? memory : start;
            rows[t].Carve(ref same, supports, Shape.SplitsLast ? RowKind.Split : RowKind.OfDeltas);
            memory = same;
        }
        Query.Carve(ref memory, batch.Tasks.QueryLength(user), RowKind.Forward);
        if (usesKernel)
        {
            CarveKernel(ref memory, supports, batch.Tasks.QueryLength(user));
        }
        if (Shape.SplitsLast)
        {
            CarveLast(ref memory, supports, training);
        }
        if (MovesInputs)
        {
            CarveInputs(ref memory, batch, user, training);
        }
        start = memory;
        userLayer[0] = batch.UserLayer + (long)user * Shape.Padded[1];
        for (var t = 1; t <= steps; t++)
        {
            var same = training ? memory : start;
            CarveWeights(ref same, t);
            userLayer[t] = same.Take(Shape.Padded[1]);
            memory = same;
        }
    }

    private void CarveWeights(ref Bump<T> memory, int t)
    {
        var own = weights[t];
        for (var l = 1; l <= hidden; l++)
        {
            var adapts = HasOwn(l);
            own.Weight[l] =
                !adapts ? Slow.Weights.Weight[l]
                : IsSplit(l) ? lastWeight
                : memory.Take((long)Shape.Width[l - 1] * Shape.Padded[l]);
            own.Bias[l] = adapts ? memory.Take(Shape.Padded[l]) : Slow.Weights.Bias[l];
            own.Transposed[l] =
                !adapts ? Slow.Weights.Transposed[l]
                : IsSplit(l) ? (t == steps ? lastTurned : null)
                : l == 1 && !MovesInputs ? null
                : memory.Take((long)Shape.Width[l] * Shape.Padded[l - 1]);
        }
        own.LastTransposed =
            !Shape.SplitsLast || t == steps ? null
            : TurnsLast ? null
            : Slow.Weights.LastTransposed;
        own.Output = Shape.AdaptsOutput ? memory.Take(Shape.Padded[hidden]) : Slow.Weights.Output;
        own.OutputBias = memory.Take(1);
    }

    // Whether the user has weights of its own in layer l.
    private bool HasOwn(int l) => Shape.AdaptsHidden[l] && (l > 1 || !usesKernel);

    private void Adapt(FusedBatch<T> batch, int user, Arena<T> scratch)
    {
        var (first, count) = (batch.Tasks.SupportStarts[user], batch.Tasks.SupportLength(user));
        StartItems(batch, user, scratch);
        if (usesKernel)
        {
            FillKernels(batch, user, scratch);
        }
        LendLast(count, scratch);
        var mark = scratch.Mark;
        for (var t = 0; t < steps; t++)
        {
            scratch.Rewind(mark);
            if (t == 0 || !HasOwn(1))
            {
                FirstLayer(batch, userLayer[t], first, count, rows[t].Output[1]);
                if (t > 0 && usesKernel)
                {
                    AddKernel(supportKernel, count, count, rows[t].Output[1]);
                }
            }
            else
            {
                OwnFirstLayer(supportItems[t], t, count, rows[t].Output[1]);
            }
            Network.Forward(rows[t], weights[t], count);
            SupportLosses(batch, rows[t], first, count);
            Network.Backward(rows[t], weights[t], count);
            if (TurnsLast)
            {
                Network.LastProduct(rows[t], last[t], count, scratch);
            }
            Step(batch, user, t, count, scratch);
        }
    }

    private void StartItems(FusedBatch<T> batch, int user, Arena<T> scratch)
    {
        if (MovesInputs)
        {
            StartMoves(batch, user, scratch);
        }
        else
        {
            GatherSupport(batch, user, scratch);
        }
    }

    private void GatherSupport(FusedBatch<T> batch, int user, Arena<T> scratch)
    {
        if (steps > 0 && Shape.AdaptsHidden[1])
        {
            var count = batch.Tasks.SupportLength(user);
            var items = scratch.Take((long)count * batch.ItemWidth);
            Gather(batch, batch.Tasks.SupportStarts[user], count, items);
            for (var t = 0; t < steps; t++)
            {
                supportItems[t] = items;
            }
        }
    }

    // The items of the queries after the last step.
    private T* QueryItems(FusedBatch<T> batch, int user, Arena<T> scratch)
    {
        if (MovesInputs)
        {
            return queryItems;
        }
        var queries = batch.QueryOf(user);
        var items = scratch.Take((long)queries.Count * Shape.Padded[0]);
        Gather(batch, queries.First, queries.Count, items);
        return items;
    }

    // Z_1 = X W_1 + the user's part, with the user's own weights.
    private void OwnFirstLayer(T* items, int t, int count, T* target)
    {
        var width = Shape.Padded[1];
        Arithmetic.Gemm(
            new(items, count, Shape.Width[0], Shape.Padded[0]),
            new(weights[t].Weight[1], Shape.Width[0], width),
            new(target, count, width),
            accumulate: false
        );
        Arithmetic.Outer(null, T.One, userLayer[t], target, count, width, accumulate: true);
    }

    private void ScoreQueries(FusedBatch<T> batch, int user, Arena<T> scratch)
    {
        var (first, count) = (batch.Tasks.QueryStarts[user], batch.Tasks.QueryLength(user));
        if (steps > 0 && HasOwn(1))
        {
            if (MovesInputs)
            {
                MoveItems(batch, batch.QueryOf(user), queryItems);
            }
            OwnFirstLayer(QueryItems(batch, user, scratch), steps, count, Query.Output[1]);
        }
        else
        {
            FirstLayer(batch, userLayer[steps], batch.SupportRows + first, count, Query.Output[1]);
            if (usesKernel)
            {
                AddKernel(queryKernel, batch.Tasks.SupportLength(user), count, Query.Output[1]);
            }
        }
        Network.Forward(Query, weights[steps], count);
        QueryLosses(batch, Query, first, count);
    }

    // A_{l−1} of the support at step t.
    private T* Below(int t, int l) => l == 1 ? supportItems[t] : rows[t].Output[l - 1];
}
