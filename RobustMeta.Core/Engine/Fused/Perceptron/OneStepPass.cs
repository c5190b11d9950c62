using System.Numerics;
using System.Runtime.InteropServices;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>
/// At most one inner step at one rate, without ever forming a user's weights. The support runs with the slow weights, so
/// the rows of all users of a chunk go through as one block; what the step changed reaches the query through kernel
/// matrices K between query and support rows: W′ = W − α AᵀD makes A_q W′ = A_q W − α (A_q Aᵀ) D.
/// </summary>
internal sealed unsafe partial class OneStepPass<T> : AdaptationPass<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int hidden;
    private readonly T*[] kernels;
    private readonly T*[] scaledKernels;
    private readonly T*[] f;
    private readonly T*[] queryOutputs;
    private T* ownOutput;
    private T* ownBias;
    private T* lastMoved;
    private T* deltaSum;
    private T* contextMoved;
    private T* supportItems;
    private T* queryItems;

    public OneStepPass(PerceptronShape shape, Arithmetic<T> arithmetic, SlowNetwork<T> slow)
        : base(shape, arithmetic, slow)
    {
        hidden = shape.Hidden;
        kernels = new T*[hidden + 1];
        scaledKernels = new T*[hidden + 1];
        f = new T*[hidden + 1];
        queryOutputs = new T*[hidden + 1];
    }

    /// <summary>Whether the support is looked at at all.</summary>
    private bool LooksAtSupport => Shape.Steps > 0 || Shape.IsJoint;

    public override long Measure(FusedBatch<T> batch, Chunk chunk, bool training)
    {
        var memory = new Bump<T>(null);
        Carve(ref memory, batch, chunk, training);
        return memory.Taken;
    }

    private void Carve(ref Bump<T> memory, FusedBatch<T> batch, Chunk chunk, bool training)
    {
        var (support, query) = (batch.Tasks.SupportStarts, batch.Tasks.QueryStarts);
        var users = chunk.EndUser - chunk.FirstUser;
        if (LooksAtSupport)
        {
            var rows = support[chunk.EndUser] - support[chunk.FirstUser];
            Support.Carve(ref memory, rows, Shape.Steps > 0 ? RowKind.OfScores : RowKind.OfDeltas);
        }
        Query.Carve(ref memory, query[chunk.EndUser] - query[chunk.FirstUser], RowKind.Forward);
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
            scaledKernels[l] = Shape.AdaptsHidden[l] ? memory.Take(cells) : null;
        }
        lastMoved = Shape.AdaptsHidden[hidden]
            ? memory.Take((long)(query[chunk.EndUser] - query[chunk.FirstUser]) * Shape.Padded[hidden])
            : null;
        if (Shape.AdaptsHidden[1])
        {
            CarveItems(ref memory, batch, chunk, training);
        }
        ownOutput = memory.Take((long)users * Shape.Padded[hidden]);
        ownBias = memory.Take(users);
        deltaSum = Shape.Context > 0 ? memory.Take((long)users * Shape.Padded[1]) : null;
        contextMoved = Shape.Context > 0 ? memory.Take((long)users * Shape.Padded[1]) : null;
    }

    // In training the items of all rows stand in the batch, where their adjoints will be.
    private void CarveItems(ref Bump<T> memory, FusedBatch<T> batch, Chunk chunk, bool training)
    {
        var (support, query) = (batch.Tasks.SupportStarts, batch.Tasks.QueryStarts);
        var width = batch.ItemWidth;
        if (training)
        {
            supportItems = batch.RowItems + (long)support[chunk.FirstUser] * width;
            queryItems = batch.RowItems + (long)(batch.SupportRows + query[chunk.FirstUser]) * width;
            return;
        }
        supportItems = memory.Take((long)(support[chunk.EndUser] - support[chunk.FirstUser]) * width);
        queryItems = memory.Take((long)(query[chunk.EndUser] - query[chunk.FirstUser]) * width);
    }

    public override void Forward(FusedBatch<T> batch, Chunk chunk, T* memory, Arena<T> scratch, bool training)
    {
        var at = new Bump<T>(memory);
        Carve(ref at, batch, chunk, training);
        scratch.Reset();
        var tasks = batch.Tasks;
        var first = tasks.SupportStarts[chunk.FirstUser];
        var count = tasks.SupportStarts[chunk.EndUser] - first;
        if (LooksAtSupport)
        {
            for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
            {
                var from = tasks.SupportStarts[u];
                var target = Support.Output[1] + (long)(from - first) * Shape.Padded[1];
                var own = batch.UserLayer + (long)u * Shape.Padded[1];
                FirstLayer(batch, own, from, tasks.SupportLength(u), target);
            }
            Network.Forward(Support, Slow.Weights, count);
            SupportLosses(batch, Support, first, count);
        }
        if (Shape.Steps > 0)
        {
            Network.ScoreGradients(Support, Slow.Weights, count);
            Adapt(batch, chunk, scratch);
        }
        ScoreQueries(batch, chunk);
    }

    // What J_l is made of: J_l itself, or for the last layer φ′ alone, J_H being that times the output's weights.
    private T* ScoreGradient(int l) => l == hidden ? Support.Slope[l] : Support.Delta[l];

    // Each user's own output layer, and with a context what moves the user's part.
    private void Adapt(FusedBatch<T> batch, Chunk chunk, Arena<T> scratch)
    {
        var (top, width) = (Shape.Padded[hidden], Shape.Padded[1]);
        var gradient = scratch.Take(top);
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (row, count) = SupportOf(batch, chunk, u);
            var output = ownOutput + (long)(u - chunk.FirstUser) * top;
            Arithmetic<T>.Copy(Slow.Weights.Output, output, top);
            ownBias[u - chunk.FirstUser] = *Slow.Weights.OutputBias;
            if (Shape.AdaptsOutput)
            {
                var deltas = Support.OutputDelta + row;
                Arithmetic<T>.Clear(gradient, top);
                Arithmetic.AddRows(deltas, Support.Output[hidden] + (long)row * top, gradient, count, top);
                Arithmetic.AddScaled(-LocalLr, gradient, output, top);
                ownBias[u - chunk.FirstUser] -= LocalLr * Arithmetic<T>.Sum(deltas, count);
            }
            if (Shape.Context > 0)
            {
                var raw = deltaSum + (long)(u - chunk.FirstUser) * width;
                Arithmetic<T>.Clear(raw, width);
                var gradients = ScoreGradient(1) + (long)row * width;
                Arithmetic.AddRows(Support.OutputDelta + row, gradients, raw, count, width);
                var moved = contextMoved + (long)(u - chunk.FirstUser) * width;
                Move(DeltaSum(raw, scratch), moved);
                Arithmetic.Add(batch.UserLayer + (long)u * width, moved, moved, width);
            }
        }
    }

    // The sum of a user's D_1 = r J_1 from what was summed: without the output's weights where the first layer is the last.
    private T* DeltaSum(T* raw, Arena<T> scratch)
    {
        if (hidden > 1)
        {
            return raw;
        }
        var sum = scratch.Take(Shape.Padded[1]);
        Arithmetic<T>.Copy(raw, sum, Shape.Padded[1]);
        Arithmetic.Multiply(Slow.Weights.Output, sum, Shape.Padded[1]);
        return sum;
    }

    // moved = sum · ContextMove.
    private void Move(T* sum, T* moved) =>
        Arithmetic.Gemm(
            new(sum, 1, Shape.Width[1], Shape.Padded[1]),
            new(Slow.ContextMove, Shape.Width[1], Shape.Padded[1]),
            new(moved, 1, Shape.Padded[1]),
            accumulate: false
        );

    private void ScoreQueries(FusedBatch<T> batch, Chunk chunk)
    {
        var tasks = batch.Tasks;
        var first = tasks.QueryStarts[chunk.FirstUser];
        var count = tasks.QueryStarts[chunk.EndUser] - first;
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var from = tasks.QueryStarts[u];
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
            var outputs = Query.Output[hidden] + (long)row * top;
            Arithmetic.RowDots(outputs, output, T.One, bias, Query.Score + row, rows, top, accumulate: false);
        }
        QueryLosses(batch, Query, first, count);
    }

    // Z_q += K D = (K diag(r)) J, with K = −α (A_q Aᵀ + 1), the 1 for the bias; in the first layer K = −α (X_q Xᵀ + |x_u|² + 1).
    private void ApplyStep(FusedBatch<T> batch, Chunk chunk, int l)
    {
        var (kernel, scaled) = new Pair(kernels[l], scaledKernels[l]);
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (s, supports) = SupportOf(batch, chunk, u);
            var (q, queries) = QueryOf(batch, chunk, u);
            var below = Below(batch, l);
            var (left, right) = Inputs(batch, chunk, u, l);
            if (l == 1)
            {
                Gather(batch, batch.SupportRows + batch.Tasks.QueryStarts[u], queries, left);
                Gather(batch, batch.Tasks.SupportStarts[u], supports, right);
            }
            var shift = l == 1 ? batch.UserNorm[u] : T.One;
            Arithmetic.Gram(
                new(left, queries, below),
                new(right, supports, below),
                new(kernel, queries, supports),
                -LocalLr,
                shift
            );
            if (l == 1)
            {
                batch.Pairs.Add(batch.QueryOf(u), batch.SupportOf(u), kernel);
            }
            Arithmetic.ScaleColumns(kernel, Support.OutputDelta + s, scaled, queries, supports);
            var place = (long)q * Shape.Padded[l];
            var target = Query.Output[l] + place;
            Arithmetic.Gemm(
                new(scaled, queries, supports),
                new(ScoreGradient(l) + (long)s * Shape.Padded[l], supports, Shape.Padded[l]),
                new(l == hidden ? lastMoved + place : target, queries, Shape.Padded[l]),
                accumulate: l < hidden
            );
            if (l == hidden)
            {
                var moved = lastMoved + place;
                var width = Shape.Padded[l];
                Arithmetic.ColumnProducts(
                    moved,
                    Slow.Weights.Output,
                    null,
                    null,
                    target,
                    queries,
                    width,
                    accumulate: true
                );
            }
            kernel += (long)supports * queries;
            scaled += (long)supports * queries;
        }
    }

    // What goes into layer l: of a user's queries, and of its supports.
    private Pair Inputs(FusedBatch<T> batch, Chunk chunk, int user, int l)
    {
        var (s, q) = (SupportOf(batch, chunk, user).First, QueryOf(batch, chunk, user).First);
        var width = Below(batch, l);
        return l == 1
            ? new(queryItems + (long)q * width, supportItems + (long)s * width)
            : new(Query.Output[l - 1] + (long)q * width, Support.Output[l - 1] + (long)s * width);
    }

    // Length of a row that goes into layer l.
    private int Below(FusedBatch<T> batch, int l) => l == 1 ? batch.ItemWidth : Shape.Padded[l - 1];

    // Tuples cannot hold pointers.
    private readonly struct Pair(T* first, T* second)
    {
        private readonly T* first = first;
        private readonly T* second = second;

        public void Deconstruct(out T* left, out T* right)
        {
            left = first;
            right = second;
        }
    }

    // First row of a user within the chunk, and number of rows.
    private static (int First, int Count) SupportOf(FusedBatch<T> batch, Chunk chunk, int user) =>
        (batch.Tasks.SupportStarts[user] - batch.Tasks.SupportStarts[chunk.FirstUser], batch.Tasks.SupportLength(user));

    private static (int First, int Count) QueryOf(FusedBatch<T> batch, Chunk chunk, int user) =>
        (batch.Tasks.QueryStarts[user] - batch.Tasks.QueryStarts[chunk.FirstUser], batch.Tasks.QueryLength(user));
}
