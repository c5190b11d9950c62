using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>The way back.</content>
internal sealed unsafe partial class OneStepPass<T>
{
    private T* ownAdjoint;

    public override void Backward(FusedBatch<T> batch, Chunk chunk, T* memory, Arena<T> scratch, T* gradient)
    {
        var at = new Bump<T>(memory);
        Carve(ref at, batch, chunk, training: true);
        scratch.Reset();
        Slow.Layout.Point(Adjoint, gradient);
        var count = batch.Tasks.SupportStarts[chunk.EndUser] - batch.Tasks.SupportStarts[chunk.FirstUser];
        var exact = Shape.Steps > 0 && Shape.IsSecondOrder;
        var outputF = exact || Shape.IsJoint ? scratch.TakeZeros(count) : null;
        for (var l = 1; l <= hidden; l++)
        {
            var size = (long)count * Shape.Padded[l];
            f[l] =
                !exact || (l == hidden && !Shape.IsSmooth) ? null
                : Shape.AdaptsHidden[l] ? scratch.Take(size)
                : scratch.TakeZeros(size);
            Outputs[l] = l > 1 && (exact || Shape.IsJoint) ? scratch.Take(size) : null;
            Bent[l] = exact && Shape.IsSmooth ? scratch.Take(size) : null;
        }
        // The adjoint of Z_1 goes to the batch.
        Outputs[1] = batch.LayerAdjoint + (long)batch.Tasks.SupportStarts[chunk.FirstUser] * Shape.Padded[1];
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
        var first = tasks.QueryStarts[chunk.FirstUser];
        var count = tasks.QueryStarts[chunk.EndUser] - first;
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
            Network.MultiplySlope(Query, l, queryOutputs[l], count);
            if (l > 1)
            {
                Network.AddOuter(Query.Output[l - 1], l - 1, queryOutputs[l], l, Adjoint.Weight[l], count);
                Arithmetic.AddRows(null, queryOutputs[l], Adjoint.Bias[l], count, Shape.Padded[l]);
                Network.Pull(queryOutputs[l], Slow.Weights, l, queryOutputs[l - 1], count, accumulate: false);
            }
            if (Shape.Steps > 0 && Shape.AdaptsHidden[l])
            {
                ReverseStep(batch, chunk, l, outputF, gradient, scratch);
            }
        }
        ReverseUsers(batch, chunk, gradient, outputF, scratch);
    }

    // The output layer: adjoint of A_H, of the slow weights, and of the step through the user's own weights.
    private void ReverseOutput(FusedBatch<T> batch, Chunk chunk, T* errors, T* outputF, Arena<T> scratch)
    {
        var top = Shape.Padded[hidden];
        var exact = Shape.Steps > 0 && Shape.IsSecondOrder && Shape.AdaptsOutput;
        ownAdjoint = scratch.Take((long)(chunk.EndUser - chunk.FirstUser) * top);
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (q, queries) = QueryOf(batch, chunk, u);
            var output = Shape.Steps > 0 ? ownOutput + (long)(u - chunk.FirstUser) * top : Slow.Weights.Output;
            var own = ownAdjoint + (long)(u - chunk.FirstUser) * top;
            Arithmetic<T>.Clear(own, top);
            Arithmetic.AddRows(errors + q, Query.Output[hidden] + (long)q * top, own, queries, top);
            var bias = Arithmetic<T>.Sum(errors + q, queries);
            var outputs = queryOutputs[hidden] + (long)q * top;
            Arithmetic.Outer(errors + q, T.One, output, outputs, queries, top, accumulate: false);
            Arithmetic.AddScaled(T.One, own, Adjoint.Output, top);
            *Adjoint.OutputBias += bias;
            if (!exact)
            {
                continue;
            }
            var (s, supports) = SupportOf(batch, chunk, u);
            var rows = Support.Output[hidden] + (long)s * top;
            Arithmetic.RowDots(rows, own, -LocalLr, bias, outputF + s, supports, top, accumulate: false);
        }
    }

    // With E the adjoint of Z_q in this layer and N = E Jᵀ: M = −α N diag(r) is the adjoint of A_q Aᵀ; A_q gets M A, A gets Mᵀ A_q,
    // r the columns' sums of K ∘ N, and J gets (K diag(r))ᵀ E.
    private void ReverseStep(FusedBatch<T> batch, Chunk chunk, int l, T* outputF, T* gradient, Arena<T> scratch)
    {
        var (kernel, scaled) = new Pair(kernels[l], scaledKernels[l]);
        var (below, width) = (Below(batch, l), Shape.Padded[l]);
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (s, supports) = SupportOf(batch, chunk, u);
            var (q, queries) = QueryOf(batch, chunk, u);
            var errors = queryOutputs[l] + (long)q * width;
            var own = scratch.Take((long)queries * below);
            var inputs = l == hidden ? ReverseLastMove(errors, q, queries, scratch) : errors;
            var sums = Shape.IsSecondOrder ? outputF + s : null;
            var move = ReverseKernel(kernel, inputs, queries, l, s, supports, sums, scratch);
            if (l == 1)
            {
                batch.UserNormAdjoint[u] = Arithmetic<T>.Sum(move, (long)queries * supports);
                batch.Pairs.Reverse(batch.QueryOf(u), batch.SupportOf(u), move, gradient + Slow.Layout.Size);
            }
            var (left, right) = Inputs(batch, chunk, u, l);
            // Adjoints of items take the place of the items, as soon as nothing needs these.
            var toLeft = l == 1 ? own : queryOutputs[l - 1] + (long)q * below;
            var toRight = l == 1 ? right : Outputs[l - 1] + (long)s * below;
            Arithmetic.Gemm(
                new(move, queries, supports),
                new(right, supports, below),
                new(toLeft, queries, below),
                l > 1
            );
            if (Shape.IsSecondOrder)
            {
                if (f[l] is not null)
                {
                    Arithmetic.Gemm(
                        new Matrix<T>(scaled, queries, supports).Transposed,
                        new(errors, queries, width),
                        new(f[l] + (long)s * width, supports, width),
                        accumulate: false
                    );
                }
                Arithmetic.Gemm(
                    new Matrix<T>(move, queries, supports).Transposed,
                    new(left, queries, below),
                    new(toRight, supports, below),
                    accumulate: false
                );
            }
            if (l == 1)
            {
                Arithmetic<T>.Copy(own, left, (long)queries * below);
            }
            kernel += (long)supports * queries;
            scaled += (long)supports * queries;
        }
        if (Shape.IsSecondOrder)
        {
            IsSet[l - 1] = true;
        }
    }

    // M of a user's queries, and what r gets, added to sums unless these are null.
    private T* ReverseKernel(
        T* kernel,
        T* errors,
        int queries,
        int l,
        int first,
        int supports,
        T* sums,
        Arena<T> scratch
    )
    {
        var width = Shape.Padded[l];
        var product = scratch.Take((long)queries * supports);
        var move = scratch.Take((long)queries * supports);
        Arithmetic.Gram(
            new(errors, queries, width),
            new(ScoreGradient(l) + (long)first * width, supports, width),
            new(product, queries, supports),
            T.One,
            T.Zero
        );
        Arithmetic.DotColumns(kernel, product, -LocalLr, Support.OutputDelta + first, move, sums, queries, supports);
        return move;
    }

    // The last layer moved by (K diag(r) φ′) ∘ w: w gets E ∘ the product, and the product has the adjoint E ∘ w, returned.
    private T* ReverseLastMove(T* errors, int firstQuery, int queries, Arena<T> scratch)
    {
        var width = Shape.Padded[hidden];
        var adjoint = scratch.Take((long)queries * width);
        if (Shape.IsSecondOrder)
        {
            var moved = lastMoved + (long)firstQuery * width;
            Arithmetic.AddColumnDots(errors, moved, Adjoint.Output, queries, width);
        }
        Arithmetic.ColumnProducts(errors, Slow.Weights.Output, null, null, adjoint, queries, width, accumulate: false);
        return adjoint;
    }

    // The users' part of the first layer, and the context.
    private void ReverseUsers(FusedBatch<T> batch, Chunk chunk, T* gradient, T* outputF, Arena<T> scratch)
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
            var raw = deltaSum + (long)(u - chunk.FirstUser) * width;
            Arithmetic.Gemm(
                new(DeltaSum(raw, scratch), Shape.Width[1], 1),
                new(total, 1, width),
                new(moveAdjoint, Shape.Width[1], width),
                accumulate: true
            );
            if (Shape.IsSecondOrder)
            {
                Move(total, pushed);
                ReverseDeltaSum(SupportOf(batch, chunk, u), pushed, raw, outputF);
            }
        }
    }

    // Each D_1 = r J_1 of a user gets the same adjoint, that of their sum. Destroys it.
    private void ReverseDeltaSum((int First, int Count) support, T* pushed, T* raw, T* outputF)
    {
        var (width, (s, supports)) = (Shape.Padded[1], support);
        if (f[1] is not null)
        {
            Arithmetic.Outer(
                Support.OutputDelta + s,
                T.One,
                pushed,
                f[1] + (long)s * width,
                supports,
                width,
                accumulate: true
            );
        }
        if (hidden == 1)
        {
            Arithmetic.AddProduct(T.One, pushed, raw, Adjoint.Output, width);
            Arithmetic.Multiply(Slow.Weights.Output, pushed, width);
        }
        var gradients = ScoreGradient(1) + (long)s * width;
        Arithmetic.RowDots(gradients, pushed, T.One, T.Zero, outputF + s, supports, width, accumulate: true);
    }

    // Through the deltas and the support's own forward pass; for joint training through the latter alone.
    private void ReverseSupport(FusedBatch<T> batch, Chunk chunk, T* outputF, int count, Arena<T> scratch)
    {
        var tasks = batch.Tasks;
        var first = tasks.SupportStarts[chunk.FirstUser];
        var lowest = hidden + 1;
        if (Shape.Steps > 0)
        {
            lowest = LowestAdapted();
            var outer = hidden > 1 ? scratch.Take((long)Shape.Width[hidden - 1] * Shape.Padded[hidden]) : null;
            Network.ReverseScoreGradients(Support, Slow.Weights, Adjoint, f, lowest, Bent, outer, count);
        }
        var fractions = scratch.Take(count);
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (s, supports) = SupportOf(batch, chunk, u);
            for (var i = s; i < s + supports; i++)
            {
                if (Shape.IsJoint)
                {
                    var label = T.CreateTruncating(tasks.SupportLabels[first + i]);
                    fractions[i] = batch.UserWeights[u] * Loss.Loss(Support.Score[i], label);
                    outputF[i] = batch.UserWeights[u] * Support.OutputDelta[i];
                    continue;
                }
                fractions[i] = outputF[i] * Support.LossSlope[i];
                outputF[i] *= batch.SupportFraction[first + i] * Support.LossCurvature[i];
            }
            AddSupportAdjoint(batch, u, first + s, supports, fractions + s);
        }
        var joins = Shape.Steps > 0 && Shape.AdaptsOutput;
        if (joins)
        {
            JoinLast(batch, chunk, outputF);
        }
        Network.ReverseForward(Support, Slow.Weights, Adjoint, outputF, Outputs, IsSet, Bent, lowest, count, joins);
        var width = Shape.Padded[1];
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (s, supports) = SupportOf(batch, chunk, u);
            var total = batch.UserLayerAdjoint + (long)u * width;
            Arithmetic.AddRows(null, Outputs[1] + (long)s * width, total, supports, width);
        }
    }

    // The adjoint of the last layer's Z: through the scores, and through the step on the user's own output layer.
    private void JoinLast(FusedBatch<T> batch, Chunk chunk, T* scores)
    {
        var top = Shape.Padded[hidden];
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (s, supports) = SupportOf(batch, chunk, u);
            Arithmetic.TwoOuterProducts(
                -LocalLr,
                Support.OutputDelta + s,
                ownAdjoint + (long)(u - chunk.FirstUser) * top,
                scores + s,
                Slow.Weights.Output,
                Support.Slope[hidden] + (long)s * top,
                Outputs[hidden] + (long)s * top,
                supports,
                top
            );
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
}
