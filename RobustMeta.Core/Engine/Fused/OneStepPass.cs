using System.Numerics;
using System.Runtime.InteropServices;

namespace RobustMeta.Engine.Fused;

/// <summary>
/// At most one inner step at one rate, without ever forming a user's weights. The support runs with the slow weights, so
/// the rows of all users of a chunk go through as one block; what the step changed reaches the query through kernel
/// matrices K between query and support rows: W′ = W − α AᵀD makes A_q W′ = A_q W − α (A_q Aᵀ) D.
/// </summary>
internal sealed unsafe class OneStepPass<T> : AdaptationPass<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int hidden;
    private readonly T*[] kernels;
    private readonly T*[] f;
    private readonly T*[] queryOutputs;
    private T* ownOutput;
    private T* ownBias;
    private T* deltaSum;
    private T* contextMoved;
    private T* supportItems;
    private T* queryItems;

    public OneStepPass(PerceptronShape shape, Arithmetic<T> arithmetic, SlowNetwork<T> slow)
        : base(shape, arithmetic, slow)
    {
        hidden = shape.Hidden;
        kernels = new T*[hidden + 1];
        f = new T*[hidden + 1];
        queryOutputs = new T*[hidden + 1];
    }

    /// <summary>Whether the support is looked at at all.</summary>
    private bool LooksAtSupport => Shape.Steps > 0 || Shape.IsJoint;

    public override long Measure(FusedBatch<T> batch, Chunk chunk, bool training)
    {
        var memory = new Bump<T>(null);
        Carve(ref memory, batch, chunk);
        return memory.Taken;
    }

    private void Carve(ref Bump<T> memory, FusedBatch<T> batch, Chunk chunk)
    {
        var (support, query) = (batch.Tasks.SupportOffsets, batch.Tasks.QueryOffsets);
        var users = chunk.EndUser - chunk.FirstUser;
        if (LooksAtSupport)
        {
            Support.Carve(ref memory, support[chunk.EndUser] - support[chunk.FirstUser], isSupport: true);
        }
        Query.Carve(ref memory, query[chunk.EndUser] - query[chunk.FirstUser], isSupport: false);
        if (Shape.Steps == 0)
        {
            return;
        }
        long cells = 0;
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            cells += (long)batch.Tasks.SupportLength(u) * batch.Tasks.QueryLength(u);
        }
        for (var l = 1; l <= hidden; l++)
        {
            kernels[l] = Shape.AdaptsHidden[l] ? memory.Take(cells) : null;
        }
        if (Shape.AdaptsHidden[1])
        {
            supportItems = memory.Take((long)(support[chunk.EndUser] - support[chunk.FirstUser]) * Shape.Padded[0]);
            queryItems = memory.Take((long)(query[chunk.EndUser] - query[chunk.FirstUser]) * Shape.Padded[0]);
        }
        ownOutput = memory.Take((long)users * Shape.Padded[hidden]);
        ownBias = memory.Take(users);
        deltaSum = memory.Take((long)users * Shape.Padded[1]);
        contextMoved = Shape.Context > 0 ? memory.Take((long)users * Shape.Padded[1]) : null;
    }

    public override void Forward(FusedBatch<T> batch, Chunk chunk, T* memory, Arena<T> scratch, bool training)
    {
        var at = new Bump<T>(memory);
        Carve(ref at, batch, chunk);
        var tasks = batch.Tasks;
        var first = tasks.SupportOffsets[chunk.FirstUser];
        var count = tasks.SupportOffsets[chunk.EndUser] - first;
        if (LooksAtSupport)
        {
            for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
            {
                var from = tasks.SupportOffsets[u];
                var target = Support.Output[1] + (long)(from - first) * Shape.Padded[1];
                var own = batch.UserLayer + (long)u * Shape.Padded[1];
                FirstLayer(batch, own, from, tasks.SupportLength(u), target);
            }
            Network.Forward(Support, Slow.Weights, count);
            SupportLosses(batch, Support, first, count);
        }
        if (Shape.Steps > 0)
        {
            Network.Backward(Support, Slow.Weights, count);
            Adapt(batch, chunk);
        }
        ScoreQueries(batch, chunk);
    }

    // Each user's own output layer, and the sum of the first layer's deltas that moves the user's part.
    private void Adapt(FusedBatch<T> batch, Chunk chunk)
    {
        var (top, width) = (Shape.Padded[hidden], Shape.Padded[1]);
        Arithmetic<T>.Clear(deltaSum, (long)(chunk.EndUser - chunk.FirstUser) * width);
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (row, count) = SupportOf(batch, chunk, u);
            var output = ownOutput + (long)(u - chunk.FirstUser) * top;
            Arithmetic<T>.Copy(Slow.Weights.Output, output, top);
            ownBias[u - chunk.FirstUser] = *Slow.Weights.OutputBias;
            if (Shape.AdaptsOutput)
            {
                for (var i = row; i < row + count; i++)
                {
                    var step = -LocalLr * Support.OutputDelta[i];
                    Arithmetic.AddScaled(step, Support.Output[hidden] + (long)i * top, output, top);
                    ownBias[u - chunk.FirstUser] += step;
                }
            }
            var sum = deltaSum + (long)(u - chunk.FirstUser) * width;
            Arithmetic.AddRows(null, Support.Delta[1] + (long)row * width, sum, count, width);
            if (Shape.Context > 0)
            {
                var moved = contextMoved + (long)(u - chunk.FirstUser) * width;
                Move(sum, moved);
                Arithmetic.Add(batch.UserLayer + (long)u * width, moved, moved, width);
            }
        }
    }

    // moved = sum · ContextMove.
    private void Move(T* sum, T* moved) =>
        Arithmetic.Gemm(
            sum,
            Shape.Padded[1],
            1,
            Slow.ContextMove,
            Shape.Padded[1],
            moved,
            Shape.Padded[1],
            1,
            Shape.Padded[1],
            Shape.Width[1],
            accumulate: false
        );

    private void ScoreQueries(FusedBatch<T> batch, Chunk chunk)
    {
        var tasks = batch.Tasks;
        var first = tasks.QueryOffsets[chunk.FirstUser];
        var count = tasks.QueryOffsets[chunk.EndUser] - first;
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var from = tasks.QueryOffsets[u];
            var own =
                Shape.Steps > 0 && Shape.Context > 0
                    ? contextMoved + (long)(u - chunk.FirstUser) * Shape.Padded[1]
                    : batch.UserLayer + (long)u * Shape.Padded[1];
            FirstLayer(
                batch,
                own,
                batch.SupportRows + from,
                tasks.QueryLength(u),
                Query.Output[1] + (long)(from - first) * Shape.Padded[1]
            );
        }
        for (var l = 1; l <= hidden; l++)
        {
            if (l > 1)
            {
                Network.Layer(Query, Slow.Weights, l, count);
            }
            if (Shape.Steps > 0 && Shape.AdaptsHidden[l])
            {
                ApplyStep(batch, chunk, l);
            }
            Network.Activate(Query, l, l == 1 ? null : Slow.Weights.Bias[l], count);
        }
        var top = Shape.Padded[hidden];
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (row, rows) = QueryOf(batch, chunk, u);
            var adapted = Shape.Steps > 0;
            var output = adapted ? ownOutput + (long)(u - chunk.FirstUser) * top : Slow.Weights.Output;
            var bias = adapted ? ownBias[u - chunk.FirstUser] : *Slow.Weights.OutputBias;
            for (var i = row; i < row + rows; i++)
            {
                Query.Score[i] = Arithmetic.Dot(Query.Output[hidden] + (long)i * top, output, top) + bias;
            }
        }
        QueryLosses(batch, Query, first, count);
    }

    // Z_q += K D, with K = −α (A_q Aᵀ + 1), the 1 for the bias; in the first layer K = −α (X_q Xᵀ + |x_u|² + 1).
    private void ApplyStep(FusedBatch<T> batch, Chunk chunk, int l)
    {
        var kernel = kernels[l];
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (s, supports) = SupportOf(batch, chunk, u);
            var (q, queries) = QueryOf(batch, chunk, u);
            var width = Shape.Padded[l - 1];
            T* left;
            T* right;
            if (l == 1)
            {
                left = queryItems + (long)q * width;
                right = supportItems + (long)s * width;
                Gather(batch, batch.SupportRows + batch.Tasks.QueryOffsets[u], queries, left);
                Gather(batch, batch.Tasks.SupportOffsets[u], supports, right);
            }
            else
            {
                left = Query.Output[l - 1] + (long)q * width;
                right = Support.Output[l - 1] + (long)s * width;
            }
            var shift = l == 1 ? batch.UserNorm[u] : T.One;
            Arithmetic.Gram(left, width, right, width, kernel, queries, supports, width, -LocalLr, shift);
            Arithmetic.Gemm(
                kernel,
                supports,
                1,
                Support.Delta[l] + (long)s * Shape.Padded[l],
                Shape.Padded[l],
                Query.Output[l] + (long)q * Shape.Padded[l],
                Shape.Padded[l],
                queries,
                Shape.Padded[l],
                supports,
                accumulate: true
            );
            kernel += (long)supports * queries;
        }
    }

    public override void Backward(FusedBatch<T> batch, Chunk chunk, T* memory, Arena<T> scratch, T* gradient)
    {
        var at = new Bump<T>(memory);
        Carve(ref at, batch, chunk);
        scratch.Reset();
        Slow.Layout.Point(Adjoint, gradient);
        var count = batch.Tasks.SupportOffsets[chunk.EndUser] - batch.Tasks.SupportOffsets[chunk.FirstUser];
        var exact = Shape.Steps > 0 && Shape.IsSecondOrder;
        var outputF = exact || Shape.IsJoint ? scratch.TakeZeros(count) : null;
        for (var l = 1; l <= hidden; l++)
        {
            var size = (long)count * Shape.Padded[l];
            f[l] =
                !exact ? null
                : Shape.AdaptsHidden[l] ? scratch.Take(size)
                : scratch.TakeZeros(size);
            Outputs[l] = l > 1 && (exact || Shape.IsJoint) ? scratch.Take(size) : null;
            Bent[l] = exact && Shape.IsSmooth ? scratch.Take(size) : null;
        }
        // The adjoint of Z_1 is what the batch wants.
        Outputs[1] = batch.LayerAdjoint + (long)batch.Tasks.SupportOffsets[chunk.FirstUser] * Shape.Padded[1];
        Array.Clear(IsSet);
        ReverseQueries(batch, chunk, gradient, outputF, scratch);
        if (exact || Shape.IsJoint)
        {
            ReverseSupport(batch, chunk, outputF, count, scratch);
        }
    }

    private void ReverseQueries(FusedBatch<T> batch, Chunk chunk, T* gradient, T* outputF, Arena<T> scratch)
    {
        var tasks = batch.Tasks;
        var first = tasks.QueryOffsets[chunk.FirstUser];
        var count = tasks.QueryOffsets[chunk.EndUser] - first;
        var errors = scratch.Take(count);
        for (var i = 0; i < count; i++)
        {
            errors[i] = batch.QueryWeights[first + i] * Query.LossSlope[i];
        }
        for (var l = 1; l <= hidden; l++)
        {
            queryOutputs[l] =
                l == 1
                    ? batch.LayerAdjoint + (long)(batch.SupportRows + first) * Shape.Padded[1]
                    : scratch.Take((long)count * Shape.Padded[l]);
        }
        ReverseOutput(batch, chunk, errors, outputF, scratch);
        for (var l = hidden; l >= 1; l--)
        {
            Arithmetic.Multiply(Query.Slope[l], queryOutputs[l], count * Shape.Padded[l]);
            if (l > 1)
            {
                Network.AddOuter(Query.Output[l - 1], l - 1, queryOutputs[l], l, Adjoint.Weight[l], count);
                Arithmetic.AddRows(null, queryOutputs[l], Adjoint.Bias[l], count, Shape.Padded[l]);
                Network.Pull(queryOutputs[l], Slow.Weights, l, queryOutputs[l - 1], count, accumulate: false);
            }
            if (Shape.Steps > 0 && Shape.AdaptsHidden[l])
            {
                ReverseStep(batch, chunk, l, scratch);
            }
        }
        ReverseUsers(batch, chunk, gradient, scratch);
    }

    // The output layer: adjoint of A_H, of the slow weights, and of the step through the user's own weights.
    private void ReverseOutput(FusedBatch<T> batch, Chunk chunk, T* errors, T* outputF, Arena<T> scratch)
    {
        var top = Shape.Padded[hidden];
        var exact = Shape.Steps > 0 && Shape.IsSecondOrder && Shape.AdaptsOutput;
        var own = scratch.Take(top);
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (q, queries) = QueryOf(batch, chunk, u);
            var output = Shape.Steps > 0 ? ownOutput + (long)(u - chunk.FirstUser) * top : Slow.Weights.Output;
            Arithmetic<T>.Clear(own, top);
            Arithmetic.AddRows(errors + q, Query.Output[hidden] + (long)q * top, own, queries, top);
            var bias = T.Zero;
            for (var i = q; i < q + queries; i++)
            {
                bias += errors[i];
                var target = queryOutputs[hidden] + (long)i * top;
                Arithmetic<T>.Clear(target, top);
                Arithmetic.AddScaled(errors[i], output, target, top);
            }
            Arithmetic.AddScaled(T.One, own, Adjoint.Output, top);
            *Adjoint.OutputBias += bias;
            if (!exact)
            {
                continue;
            }
            var (s, supports) = SupportOf(batch, chunk, u);
            for (var i = s; i < s + supports; i++)
            {
                var row = Support.Output[hidden] + (long)i * top;
                outputF[i] = -LocalLr * (Arithmetic.Dot(row, own, top) + bias);
                var target = Outputs[hidden] + (long)i * top;
                Arithmetic<T>.Clear(target, top);
                Arithmetic.AddScaled(-LocalLr * Support.OutputDelta[i], own, target, top);
            }
        }
        IsSet[hidden] = exact;
    }

    // With E the adjoint of Z_q in this layer: M = −α E Dᵀ is that of A_q Aᵀ; A_q gets M A, A gets Mᵀ A_q, D gets Kᵀ E.
    private void ReverseStep(FusedBatch<T> batch, Chunk chunk, int l, Arena<T> scratch)
    {
        var kernel = kernels[l];
        var (below, width) = (Shape.Padded[l - 1], Shape.Padded[l]);
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (s, supports) = SupportOf(batch, chunk, u);
            var (q, queries) = QueryOf(batch, chunk, u);
            var errors = queryOutputs[l] + (long)q * width;
            var deltas = Support.Delta[l] + (long)s * width;
            var move = scratch.Take((long)queries * supports);
            Arithmetic.Gram(errors, width, deltas, width, move, queries, supports, width, -LocalLr, T.Zero);
            T* left;
            T* right;
            T* toLeft;
            T* toRight;
            if (l == 1)
            {
                left = queryItems + (long)q * below;
                right = supportItems + (long)s * below;
                toLeft = batch.ItemAdjoint + (long)(batch.SupportRows + batch.Tasks.QueryOffsets[u]) * below;
                toRight = batch.ItemAdjoint + (long)batch.Tasks.SupportOffsets[u] * below;
                batch.UserNormAdjoint[u] = Sum(move, (long)queries * supports);
            }
            else
            {
                left = Query.Output[l - 1] + (long)q * below;
                right = Support.Output[l - 1] + (long)s * below;
                toLeft = queryOutputs[l - 1] + (long)q * below;
                toRight = Outputs[l - 1] + (long)s * below;
            }
            Arithmetic.Gemm(move, supports, 1, right, below, toLeft, below, queries, below, supports, l > 1);
            if (Shape.IsSecondOrder)
            {
                var target = f[l] + (long)s * width;
                Arithmetic.Gemm(
                    kernel,
                    1,
                    supports,
                    errors,
                    width,
                    target,
                    width,
                    supports,
                    width,
                    queries,
                    accumulate: false
                );
                Arithmetic.Gemm(move, 1, supports, left, below, toRight, below, supports, below, queries, false);
            }
            kernel += (long)supports * queries;
        }
        if (Shape.IsSecondOrder)
        {
            IsSet[l - 1] = true;
        }
    }

    // The users' part of the first layer, and the context.
    private void ReverseUsers(FusedBatch<T> batch, Chunk chunk, T* gradient, Arena<T> scratch)
    {
        var width = Shape.Padded[1];
        var adapts = Shape.Steps > 0 && Shape.Context > 0;
        var moveAdjoint = gradient + Slow.Layout.ContextMove;
        var pushed = adapts ? scratch.Take(width) : null;
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (q, queries) = QueryOf(batch, chunk, u);
            var total = batch.UserLayerAdjoint + (long)u * width;
            Arithmetic<T>.Clear(total, width);
            Arithmetic.AddRows(null, queryOutputs[1] + (long)q * width, total, queries, width);
            if (!adapts)
            {
                continue;
            }
            var sum = deltaSum + (long)(u - chunk.FirstUser) * width;
            Arithmetic.Gemm(sum, 1, 1, total, width, moveAdjoint, width, Shape.Width[1], width, 1, true);
            if (Shape.IsSecondOrder)
            {
                var (s, supports) = SupportOf(batch, chunk, u);
                Move(total, pushed);
                for (var i = s; i < s + supports; i++)
                {
                    var target = f[1] + (long)i * width;
                    Arithmetic.AddScaled(T.One, pushed, target, width);
                }
            }
        }
    }

    // Through the deltas and the support's own forward pass; for joint training through the latter alone.
    private void ReverseSupport(FusedBatch<T> batch, Chunk chunk, T* outputF, int count, Arena<T> scratch)
    {
        var tasks = batch.Tasks;
        var first = tasks.SupportOffsets[chunk.FirstUser];
        var lowest = hidden + 1;
        if (Shape.Steps > 0)
        {
            lowest = LowestAdapted();
            Network.ReverseBackward(Support, Slow.Weights, Adjoint, f, lowest, outputF, Bent, count);
        }
        var shares = scratch.Take(count);
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (s, supports) = SupportOf(batch, chunk, u);
            for (var i = s; i < s + supports; i++)
            {
                if (Shape.IsJoint)
                {
                    var label = T.CreateTruncating(tasks.SupportLabels[first + i]);
                    shares[i] = batch.UserWeights[u] * Loss.Loss(Support.Score[i], label);
                    outputF[i] = batch.UserWeights[u] * Support.OutputDelta[i];
                    continue;
                }
                shares[i] = outputF[i] * Support.LossSlope[i];
                outputF[i] *= batch.Share[first + i] * Support.LossCurvature[i];
            }
            AddSupportAdjoint(batch, u, first + s, supports, shares + s);
        }
        Network.ReverseForward(Support, Slow.Weights, Adjoint, outputF, Outputs, IsSet, Bent, lowest, count);
        var width = Shape.Padded[1];
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (s, supports) = SupportOf(batch, chunk, u);
            var total = batch.UserLayerAdjoint + (long)u * width;
            Arithmetic.AddRows(null, Outputs[1] + (long)s * width, total, supports, width);
        }
    }

    private int LowestAdapted()
    {
        if (Shape.Context > 0)
        {
            return 1;
        }
        var l = 1;
        while (l <= hidden && !Shape.AdaptsHidden[l])
        {
            l++;
        }
        return l;
    }

    private static T Sum(T* x, long n)
    {
        var sum = T.Zero;
        for (long i = 0; i < n; i++)
        {
            sum += x[i];
        }
        return sum;
    }

    // First row of a user within the chunk, and number of rows.
    private static (int First, int Count) SupportOf(FusedBatch<T> batch, Chunk chunk, int user) =>
        (
            batch.Tasks.SupportOffsets[user] - batch.Tasks.SupportOffsets[chunk.FirstUser],
            batch.Tasks.SupportLength(user)
        );

    private static (int First, int Count) QueryOf(FusedBatch<T> batch, Chunk chunk, int user) =>
        (batch.Tasks.QueryOffsets[user] - batch.Tasks.QueryOffsets[chunk.FirstUser], batch.Tasks.QueryLength(user));
}
