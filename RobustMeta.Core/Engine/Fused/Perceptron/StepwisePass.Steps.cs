using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>One step: the gradients of the support loss by what is adapted, and what they move.</content>
internal sealed unsafe partial class StepwisePass<T>
{
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
                StepLast(t, scratch);
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
        *next.OutputBias -= OutputBiasRate * Arithmetic<T>.Sum(rows[t].OutputDelta, count);
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
            AddToSum(t, rows[t].Delta[1], count);
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
