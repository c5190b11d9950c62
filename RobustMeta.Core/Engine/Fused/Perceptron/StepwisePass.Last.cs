using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>
/// Steps on the last hidden layer of piecewise linear networks, whose deltas are never formed (<see cref="PerceptronShape.SplitsLast"/>).
/// </content>
internal sealed unsafe partial class StepwisePass<T>
{
    // What each step does to the last hidden layer [steps].
    private readonly LastStep<T>[] last;

    // Whether a layer is the last hidden one, taken apart.
    private bool IsSplit(int l) => l == hidden && Shape.SplitsLast;

    // Whether the user's own W_H or w replace the slow ones.
    private bool TurnsLast => Shape.SplitsLast && (Shape.AdaptsHidden[hidden] || Shape.AdaptsOutput);

    // The user's own W_H, which every step moves in place; its transpose after the last step, for the queries' way back.
    private T* lastWeight;
    private T* lastTurned;

    // D of the layer below is kept where anything but the sums of kernels takes it.
    private bool KeepsDelta => hidden > 2 || !usesKernel;

    private int LastSize => Shape.Width[hidden - 1] * Shape.Padded[hidden];

    private void CarveLast(ref Bump<T> memory, int supports, bool training)
    {
        var (size, turned) = (LastSize, (long)Shape.Width[hidden] * Shape.Padded[hidden - 1]);
        lastWeight = HasOwn(hidden) ? memory.Take(size) : null;
        lastTurned = HasOwn(hidden) && training ? memory.Take(turned) : null;
        var start = memory;
        for (var t = 0; t < steps; t++)
        {
            var same = training ? memory : start;
            last[t].Product = same.Take(size);
            last[t].Sum = same.Take(Shape.Padded[hidden]);
            rows[t].Delta[hidden - 1] = KeepsDelta ? same.Take((long)supports * Shape.Padded[hidden - 1]) : null;
            memory = same;
        }
    }

    // What only the way there needs has the same place at all steps.
    private void LendLast(int count, Arena<T> scratch)
    {
        if (!Shape.SplitsLast)
        {
            return;
        }
        var output = scratch.Take((long)count * Shape.Padded[hidden]);
        var delta = scratch.Take((long)count * Shape.Padded[hidden - 1]);
        var turned = TurnsLast ? scratch.Take((long)Shape.Width[hidden] * Shape.Padded[hidden - 1]) : null;
        for (var t = 0; t < steps; t++)
        {
            rows[t].Output[hidden] = output;
            rows[t].Delta[hidden - 1] = KeepsDelta ? rows[t].Delta[hidden - 1] : delta;
            weights[t].LastTransposed = t > 0 && TurnsLast ? turned : weights[t].LastTransposed;
        }
    }

    // W_H −= rate · P diag(w) of step t.
    private void StepLast(int t, Arena<T> scratch)
    {
        var (below, top) = (Shape.Width[hidden - 1], Shape.Padded[hidden]);
        if (Shape.HasRates)
        {
            Subtract(at.RateWeight[hidden], LastGradient(t, scratch), lastWeight, LastSize);
            return;
        }
        var scaled = scratch.Take(top);
        Arithmetic.Scale(-LocalLr, weights[t].Output, scaled, top);
        Arithmetic.ColumnProducts(last[t].Product, scaled, null, null, lastWeight, below, top, accumulate: true);
    }

    // What one place holds for all steps, W_H and the sum of deltas, as it was at step t: the steps before it are taken again. To take
    // step t back instead would leave little of what is small beside it.
    private void GoBack(int t, int count, Arena<T> scratch)
    {
        // Before the first step stand the slow weights, and no sum.
        if (t == 0)
        {
            return;
        }
        if (Shape.SplitsLast && HasOwn(hidden))
        {
            Arithmetic<T>.Copy(Slow.Weights.Weight[hidden], lastWeight, LastSize);
            for (var s = 0; s < t; s++)
            {
                StepLast(s, scratch);
            }
        }
        if (usesKernel)
        {
            SumDeltas(t, count, scratch);
        }
    }

    // A_{H−1}ᵀ D_H = P diag(w).
    private T* LastGradient(int t, Arena<T> scratch)
    {
        var (below, top) = (Shape.Width[hidden - 1], Shape.Padded[hidden]);
        var gradient = scratch.Take((long)below * top);
        var w = weights[t].Output;
        Arithmetic.ColumnProducts(last[t].Product, w, null, null, gradient, below, top, accumulate: false);
        return gradient;
    }

    // diag(w) W_Hᵀ of the user's own.
    private void TurnLast(NetworkWeights<T> turned)
    {
        var padded = Shape.Padded[hidden - 1];
        Transpose(turned.Weight[hidden], hidden, turned.LastTransposed);
        for (var i = 0; i < Shape.Width[hidden]; i++)
        {
            var row = turned.LastTransposed + (long)i * padded;
            Arithmetic.Scale(turned.Output[i], row, row, padded);
        }
    }

    // U = −rate·V of the last hidden layer and the output, and what they do to the scores of step t.
    private void MoveLast(int t, T* outputF, int count, Arena<T> scratch)
    {
        var (size, top) = (LastSize, Shape.Padded[hidden]);
        var step = last[t];
        var adapts = Shape.AdaptsHidden[hidden];
        step.WeightMove = adapts ? scratch.Take(size) : null;
        step.BiasMove = adapts ? scratch.Take(top) : null;
        step.OutputMove = scratch.TakeZeros(top);
        step.OutputBiasMove = T.Zero;
        if (adapts)
        {
            Step(at.RateWeight[hidden], own.Weight[hidden], step.WeightMove, size);
            Step(at.RateBias[hidden], own.Bias[hidden], step.BiasMove, top);
        }
        if (Shape.AdaptsOutput)
        {
            Step(at.RateOutput, own.Output, step.OutputMove, top);
            step.OutputBiasMove = -OutputBiasRate * *own.OutputBias;
        }
        Network.MoveLast(rows[t], weights[t], step, Outputs[hidden - 1], outputF, count, scratch);
    }

    private void ReverseLast(int t, T* scores, int lowest, int count, Arena<T> scratch)
    {
        var below = hidden - 1;
        if (!TurnsLast)
        {
            Network.LastProduct(rows[t], last[t], count, scratch);
        }
        var into = Outputs[below];
        var pushed = lowest <= below ? f[below] : null;
        Network.ReverseLast(rows[t], weights[t], own, last[t], scores, pushed, into, count, scratch);
        Network.ReverseHidden(rows[t], weights[t], own, Outputs, IsSet, Bent, lowest, below, count);
    }
}
