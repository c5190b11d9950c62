using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>The way back.</content>
internal sealed unsafe partial class StepwisePass<T>
{
    // Adjoint of the user's part of the first layer, and of how far a unit of summed delta moves it.
    private T* userAdjoint;
    private T* moveAdjoint;

    private void ReverseUser(FusedBatch<T> batch, int user, Arena<T> scratch, T* gradient)
    {
        var width = Shape.Padded[1];
        var count = batch.Tasks.SupportLength(user);
        userAdjoint = batch.UserLayerAdjoint + (long)user * width;
        moveAdjoint = scratch.TakeZeros(width);
        Arithmetic<T>.Clear(userAdjoint, width);
        StartAdjoints(gradient, scratch);
        if (MovesInputs)
        {
            StartInputAdjoints(batch, user, scratch);
        }
        ReverseQueries(batch, user, scratch);
        if (!MovesInputs)
        {
            GatherSupport(batch, user, scratch);
        }
        if (Shape.IsSecondOrder)
        {
            ReserveRows(count, scratch);
            var mark = scratch.Mark;
            for (var t = steps - 1; t >= 0; t--)
            {
                scratch.Rewind(mark);
                GoBack(t, count, scratch);
                ReverseStep(batch, user, t, gradient, scratch);
            }
        }
        else
        {
            for (var t = steps - 1; t >= 0; t--)
            {
                GoBack(t, count, scratch);
                ReverseRates(t, count, gradient, scratch);
            }
        }
        AddOwn(gradient);
        if (MovesInputs)
        {
            Arithmetic.AddScaled(T.One, userWeightAdjoint, gradient + at.User, Shape.UserWidth * width);
        }
        else if (usesKernel)
        {
            ReverseKernels(batch, user, gradient, scratch);
        }
        else if (Shape.HasRates)
        {
            Arithmetic<T>.Copy(moveAdjoint, batch.UserMoveAdjoint + (long)user * width, width);
        }
        else
        {
            batch.UserNormAdjoint[user] = LocalLr * Arithmetic<T>.Sum(moveAdjoint, width);
        }
    }

    // What is adapted gets adjoints of the user's own, which pass from step to step; the rest goes to the slow ones.
    private void StartAdjoints(T* gradient, Arena<T> scratch)
    {
        at.Point(own, gradient);
        for (var l = 1; l <= hidden; l++)
        {
            if (HasOwn(l))
            {
                own.Weight[l] = scratch.TakeZeros((long)Shape.Width[l - 1] * Shape.Padded[l]);
                own.Bias[l] = scratch.TakeZeros(Shape.Padded[l]);
            }
        }
        if (Shape.AdaptsOutput)
        {
            own.Output = scratch.TakeZeros(Shape.Padded[hidden]);
            own.OutputBias = scratch.TakeZeros(1);
        }
    }

    // The adjoints of the weights before the first step are those of the slow weights.
    private void AddOwn(T* gradient)
    {
        for (var l = 1; l <= hidden; l++)
        {
            if (HasOwn(l))
            {
                var size = Shape.Width[l - 1] * Shape.Padded[l];
                Arithmetic.AddScaled(T.One, own.Weight[l], gradient + at.Weight[l], size);
                Arithmetic.AddScaled(T.One, own.Bias[l], gradient + at.Bias[l], Shape.Padded[l]);
            }
        }
        if (Shape.AdaptsOutput)
        {
            Arithmetic.AddScaled(T.One, own.Output, gradient + at.Output, Shape.Padded[hidden]);
            gradient[at.OutputBias] += *own.OutputBias;
        }
    }

    private void ReverseQueries(FusedBatch<T> batch, int user, Arena<T> scratch)
    {
        var (first, count) = (batch.Tasks.QueryStarts[user], batch.Tasks.QueryLength(user));
        var (width, row) = (Shape.Padded[1], batch.SupportRows + first);
        var errors = scratch.Take(count);
        for (var i = 0; i < count; i++)
        {
            errors[i] = batch.QueryWeights[first + i] * Query.LossSlope[i];
        }
        for (var l = 1; l <= hidden; l++)
        {
            queryOutputs[l] = scratch.Take((long)count * Shape.Padded[l]);
        }
        Network.ReverseForward(Query, weights[steps], own, errors, queryOutputs, nothingSet, none, hidden + 1, count);
        Arithmetic.AddRows(null, queryOutputs[1], userAdjoint, count, width);
        if (MovesInputs)
        {
            ReverseUserPart(steps);
        }
        var layer = batch.LayerAdjoint + (long)row * width;
        if (steps == 0 || !HasOwn(1))
        {
            Arithmetic<T>.Copy(queryOutputs[1], layer, (long)count * width);
            if (usesKernel)
            {
                ReverseQueryKernel(batch.Tasks.SupportLength(user), count, queryOutputs[1], scratch);
            }
            return;
        }
        Arithmetic<T>.Clear(layer, (long)count * width);
        Network.AddOuter(QueryItems(batch, user, scratch), 0, queryOutputs[1], 1, own.Weight[1], count);
        var into = batch.ItemAdjoint + (long)row * Shape.Padded[0];
        PullItems(steps, queryOutputs[1], into, count, scratch, accumulate: false);
    }

    // into (+)= Z_1's adjoint · W_1ᵀ with the weights of step t.
    private void PullItems(int t, T* layer, T* into, int count, Arena<T> scratch, bool accumulate)
    {
        if (t > 0 && !MovesInputs)
        {
            weights[t].Transposed[1] = Transposed(weights[t].Weight[1], 1, scratch);
        }
        Network.Pull(layer, weights[t], 1, into, count, accumulate);
    }

    private T* Transposed(T* weight, int l, Arena<T> scratch)
    {
        var padded = Shape.Padded[l - 1];
        var transposed = scratch.Take((long)Shape.Width[l] * padded);
        Transpose(weight, l, transposed);
        return transposed;
    }

    private void Transpose(T* weight, int l, T* into)
    {
        var (below, padded) = (Shape.Width[l - 1], Shape.Padded[l - 1]);
        if (padded > below)
        {
            Arithmetic<T>.Clear(into, (long)Shape.Width[l] * padded);
        }
        Arithmetic.Transpose(weight, Shape.Padded[l], into, padded, below, Shape.Width[l]);
    }

    private void ReserveRows(int count, Arena<T> scratch)
    {
        for (var l = 1; l <= hidden; l++)
        {
            if (IsSplit(l))
            {
                continue;
            }
            var size = (long)count * Shape.Padded[l];
            f[l] = scratch.Take(size);
            Outputs[l] = scratch.Take(size);
            Bent[l] = Shape.IsSmooth ? scratch.Take(size) : null;
        }
    }

    private void ReverseStep(FusedBatch<T> batch, int user, int t, T* gradient, Arena<T> scratch)
    {
        var (first, count) = (batch.Tasks.SupportStarts[user], batch.Tasks.SupportLength(user));
        var width = Shape.Padded[1];
        var outputF = scratch.TakeZeros(count);
        Array.Clear(IsSet);
        ReverseRates(t, count, gradient, scratch);
        var lowest = ReverseLayers(batch, user, t, scratch);
        if (Shape.AdaptsOutput && !Shape.SplitsLast)
        {
            ReverseOutputGradient(t, outputF, count, scratch);
        }
        Network.ReverseBackward(rows[t], weights[t], own, f, lowest, outputF, Bent, count);
        if (Shape.SplitsLast)
        {
            MoveLast(t, outputF, count, scratch);
        }
        var fractions = scratch.Take(count);
        for (var i = 0; i < count; i++)
        {
            fractions[i] = outputF[i] * rows[t].LossSlope[i];
            outputF[i] *= batch.SupportFraction[first + i] * rows[t].LossCurvature[i];
        }
        AddSupportAdjoint(batch, user, first, count, fractions);
        if (Shape.SplitsLast)
        {
            ReverseLast(t, outputF, lowest, count, scratch);
        }
        else
        {
            Network.ReverseForward(rows[t], weights[t], own, outputF, Outputs, IsSet, Bent, lowest, count);
        }
        Arithmetic.AddRows(null, Outputs[1], userAdjoint, count, width);
        if (MovesInputs)
        {
            ReverseUserPart(t);
        }
        var layer = batch.LayerAdjoint + (long)first * width;
        if (t == steps - 1)
        {
            Arithmetic<T>.Clear(layer, (long)count * width);
        }
        if (t == 0 || !HasOwn(1))
        {
            if (t > 0 && usesKernel)
            {
                ReverseSupportKernel(count, Outputs[1], scratch);
            }
            // Through the slow W_1, which the batch does for all rows of an item at once.
            Arithmetic.AddScaled(T.One, Outputs[1], layer, count * width);
            return;
        }
        Network.AddOuter(supportItems[t], 0, Outputs[1], 1, own.Weight[1], count);
        var into = batch.ItemAdjoint + (long)first * Shape.Padded[0];
        PullItems(t, Outputs[1], into, count, scratch, accumulate: true);
    }

    // The adjoint of each layer's gradient; the lowest layer that has one.
    private int ReverseLayers(FusedBatch<T> batch, int user, int t, Arena<T> scratch)
    {
        var (first, count) = (batch.Tasks.SupportStarts[user], batch.Tasks.SupportLength(user));
        var lowest = hidden + 1;
        if (MovesInputs)
        {
            SumOwnAdjoint(batch, user, t);
        }
        for (var l = hidden; l >= 1; l--)
        {
            if (IsSplit(l))
            {
                continue;
            }
            if (l == 1 && usesKernel)
            {
                Arithmetic<T>.Copy(sumAdjoint, f[1], (long)count * Shape.Padded[1]);
                lowest = 1;
            }
            else if (Shape.AdaptsHidden[l])
            {
                ReverseGradient(batch, first, t, l, count, scratch);
                lowest = l;
            }
            else
            {
                Arithmetic<T>.Clear(f[l], (long)count * Shape.Padded[l]);
            }
        }
        if (MovesInputs)
        {
            PushInputs(batch, user, t, scratch);
        }
        else if (!usesKernel && (Shape.AdaptsHidden[1] || Shape.Context > 0))
        {
            PushUser(batch, user, count, scratch);
            lowest = 1;
        }
        return lowest;
    }

    // U = −rate·V; F_l = A U + the bias' part; A_{l−1} gets D Uᵀ.
    private void ReverseGradient(FusedBatch<T> batch, int first, int t, int l, int count, Arena<T> scratch)
    {
        var (below, width) = (Shape.Padded[l - 1], Shape.Padded[l]);
        var size = Shape.Width[l - 1] * width;
        var u = scratch.Take(size);
        Step(at.RateWeight[l], own.Weight[l], u, size);
        Arithmetic.Gemm(
            new(Below(t, l), count, Shape.Width[l - 1], below),
            new(u, Shape.Width[l - 1], width),
            new(f[l], count, width),
            accumulate: false
        );
        if (l > 1 || MovesInputs)
        {
            var bias = scratch.Take(width);
            Step(at.RateBias[l], own.Bias[l], bias, width);
            Arithmetic.Outer(null, T.One, bias, f[l], count, width, accumulate: true);
        }
        var into = l == 1 ? batch.ItemAdjoint + (long)first * below : Outputs[l - 1];
        Arithmetic.Gemm(
            new(rows[t].Delta[l], count, Shape.Width[l], width),
            new(Transposed(u, l, scratch), Shape.Width[l], below),
            new(into, count, below),
            accumulate: l == 1 && t < steps - 1
        );
        IsSet[l - 1] = true;
    }

    // into = −rate · x, with the learned rates at a place of the slow block or the one local rate.
    private void Step(long rates, T* x, T* into, int n)
    {
        if (rates < 0)
        {
            Arithmetic.Scale(-LocalLr, x, into, n);
            return;
        }
        Arithmetic<T>.Clear(into, n);
        Subtract(rates, x, into, n);
    }

    // F_1 gets what the step did to the user's part: −move·c̄ and, with a context, c̄·ContextMove.
    private void PushUser(FusedBatch<T> batch, int user, int count, Arena<T> scratch)
    {
        var width = Shape.Padded[1];
        var pushed = scratch.TakeZeros(width);
        if (Shape.AdaptsHidden[1])
        {
            Arithmetic.AddProduct(-T.One, batch.UserMove + (long)user * width, userAdjoint, pushed, width);
        }
        if (Shape.Context > 0)
        {
            MoveContext(userAdjoint, pushed);
        }
        Arithmetic.Outer(null, T.One, pushed, f[1], count, width, accumulate: true);
    }

    private void ReverseOutputGradient(int t, T* outputF, int count, Arena<T> scratch)
    {
        var top = Shape.Padded[hidden];
        var u = scratch.Take(top);
        Step(at.RateOutput, own.Output, u, top);
        var bias = -OutputBiasRate * *own.OutputBias;
        Arithmetic.RowDots(rows[t].Output[hidden], u, T.One, bias, outputF, count, top, accumulate: false);
        Arithmetic.Outer(rows[t].OutputDelta, T.One, u, Outputs[hidden], count, top, accumulate: false);
        IsSet[hidden] = true;
    }

    // Adjoints of the rates of step t: minus the adjoint of the new weights times the step's gradient.
    private void ReverseRates(int t, int count, T* gradient, Arena<T> scratch)
    {
        var width = Shape.Padded[1];
        if (!usesKernel && !MovesInputs && (Shape.AdaptsHidden[1] || Shape.Context > 0))
        {
            var sum = DeltaSum(t, count, scratch);
            Arithmetic.AddProduct(-T.One, userAdjoint, sum, moveAdjoint, width);
            if (Shape.Context > 0)
            {
                var target = gradient + at.ContextMove;
                Arithmetic.Gemm(
                    new(sum, Shape.Width[1], 1),
                    new(userAdjoint, 1, width),
                    new(target, Shape.Width[1], width),
                    accumulate: true
                );
            }
        }
        if (!Shape.HasRates)
        {
            return;
        }
        for (var l = 1; l <= hidden; l++)
        {
            if (!Shape.AdaptsHidden[l])
            {
                continue;
            }
            var size = Shape.Width[l - 1] * Shape.Padded[l];
            var step = Gradient(t, l, count, scratch);
            Arithmetic.AddProduct(-T.One, own.Weight[l], step, gradient + at.RateWeight[l], size);
            if (l > 1)
            {
                var sum = BiasGradient(t, l, count, scratch);
                Arithmetic.AddProduct(-T.One, own.Bias[l], sum, gradient + at.RateBias[l], Shape.Padded[l]);
            }
        }
        if (Shape.AdaptsOutput)
        {
            var top = Shape.Padded[hidden];
            var step = OutputGradient(t, count, scratch);
            Arithmetic.AddProduct(-T.One, own.Output, step, gradient + at.RateOutput, top);
            gradient[at.RateOutputBias] -= *own.OutputBias * Arithmetic<T>.Sum(rows[t].OutputDelta, count);
        }
    }
}
