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
            var items = scratch.Take((long)count * Shape.Padded[0]);
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

    // θ_{t+1} = θ_t − rate · gradient.
    private void Step(FusedBatch<T> batch, int user, int t, int count, Arena<T> scratch)
    {
        if (MovesInputs)
        {
            MoveOwnRows(batch, user, t, scratch);
        }
        // Before the last hidden layer's weights move, which it may be made of.
        var outputGradient = Shape.AdaptsOutput ? OutputGradient(t, count, scratch) : null;
        var (old, next) = (weights[t], weights[t + 1]);
        for (var l = 1; l <= hidden; l++)
        {
            if (!HasOwn(l))
            {
                continue;
            }
            var (below, width) = (Shape.Width[l - 1], Shape.Padded[l]);
            Take(old.Weight[l], next.Weight[l], (long)below * width);
            if (IsSplit(l))
            {
                StepLast(t, -T.One, scratch);
            }
            else if (Shape.HasRates)
            {
                var gradient = Gradient(t, l, count, scratch);
                Arithmetic.AddProduct(-T.One, Slow.Block + at.RateWeight[l], gradient, next.Weight[l], below * width);
            }
            else
            {
                var scaled = scratch.Take((long)count * width);
                Arithmetic.Scale(-LocalLr, rows[t].Delta[l], scaled, count * width);
                Network.AddOuter(Below(t, l), l - 1, scaled, l, next.Weight[l], count);
            }
            if (l > 1 || MovesInputs)
            {
                Take(old.Bias[l], next.Bias[l], width);
                Subtract(at.RateBias[l], BiasGradient(t, l, count, scratch), next.Bias[l], width);
            }
            if (next.Transposed[l] is not null)
            {
                Transpose(next.Weight[l], l, next.Transposed[l]);
            }
        }
        StepOutput(t, count, outputGradient);
        if (TurnsLast && t + 1 < steps)
        {
            TurnLast(next);
        }
        StepUser(batch, user, t, count, scratch);
        if (MovesInputs && t + 1 < steps)
        {
            MoveItems(batch, batch.SupportOf(user), supportItems[t + 1]);
        }
    }

    private void StepOutput(int t, int count, T* gradient)
    {
        var (old, next) = (weights[t], weights[t + 1]);
        var top = Shape.Padded[hidden];
        *next.OutputBias = *old.OutputBias;
        if (!Shape.AdaptsOutput)
        {
            return;
        }
        Take(old.Output, next.Output, top);
        Subtract(at.RateOutput, gradient, next.Output, top);
        *next.OutputBias -= OutputBiasRate * Sum(rows[t].OutputDelta, count);
    }

    // The user's part of the first layer, in which the step on weights, bias and context ends up.
    private void StepUser(FusedBatch<T> batch, int user, int t, int count, Arena<T> scratch)
    {
        if (MovesInputs)
        {
            MoveUser(batch, user, t, DeltaSum(t, count, scratch), scratch);
            return;
        }
        var width = Shape.Padded[1];
        Take(userLayer[t], userLayer[t + 1], width);
        if (usesKernel)
        {
            AddToSum(t, count);
            return;
        }
        if (!Shape.AdaptsHidden[1] && Shape.Context == 0)
        {
            return;
        }
        var sum = DeltaSum(t, count, scratch);
        if (Shape.AdaptsHidden[1])
        {
            Arithmetic.AddProduct(-T.One, batch.UserMove + (long)user * width, sum, userLayer[t + 1], width);
        }
        if (Shape.Context > 0)
        {
            MoveContext(sum, userLayer[t + 1]);
        }
    }

    // into += sum · ContextMove.
    private void MoveContext(T* sum, T* into) =>
        Arithmetic.Gemm(
            new(sum, 1, Shape.Width[1], Shape.Padded[1]),
            new(Slow.ContextMove, Shape.Width[1], Shape.Padded[1]),
            new(into, 1, Shape.Padded[1]),
            accumulate: true
        );

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

    // AᵀD of layer l after the deltas of step t.
    private T* Gradient(int t, int l, int count, Arena<T> scratch)
    {
        if (IsSplit(l))
        {
            return LastGradient(t, scratch);
        }
        var gradient = scratch.TakeZeros((long)Shape.Width[l - 1] * Shape.Padded[l]);
        Network.AddOuter(Below(t, l), l - 1, rows[t].Delta[l], l, gradient, count);
        return gradient;
    }

    // The sum of the rows of D_l.
    private T* BiasGradient(int t, int l, int count, Arena<T> scratch)
    {
        var sum = scratch.TakeZeros(Shape.Padded[l]);
        if (IsSplit(l))
        {
            Arithmetic.AddProduct(T.One, last[t].Sum, weights[t].Output, sum, Shape.Padded[l]);
        }
        else
        {
            Arithmetic.AddRows(null, rows[t].Delta[l], sum, count, Shape.Padded[l]);
        }
        return sum;
    }

    // A_Hᵀ r.
    private T* OutputGradient(int t, int count, Arena<T> scratch)
    {
        var gradient = scratch.TakeZeros(Shape.Padded[hidden]);
        if (Shape.SplitsLast)
        {
            Network.AddOutputGradient(weights[t], last[t], gradient);
        }
        else
        {
            Arithmetic.AddRows(rows[t].OutputDelta, rows[t].Output[hidden], gradient, count, Shape.Padded[hidden]);
        }
        return gradient;
    }

    private T* DeltaSum(int t, int count, Arena<T> scratch) => BiasGradient(t, 1, count, scratch);

    // into −= rate · x, with the learned rates at a place of the slow block or the one local rate.
    private void Subtract(long rates, T* x, T* into, int n)
    {
        if (rates >= 0)
        {
            Arithmetic.AddProduct(-T.One, Slow.Block + rates, x, into, n);
        }
        else
        {
            Arithmetic.AddScaled(-LocalLr, x, into, n);
        }
    }

    private T OutputBiasRate => Shape.HasRates ? Slow.Block[at.RateOutputBias] : LocalLr;

    private static void Take(T* from, T* to, long n)
    {
        if (from != to)
        {
            Arithmetic<T>.Copy(from, to, n);
        }
    }
}
