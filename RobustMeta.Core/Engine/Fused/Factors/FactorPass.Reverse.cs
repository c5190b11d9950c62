using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Factors;

/// <content>The way back through the scores and through every step.</content>
internal sealed unsafe partial class FactorPass<T>
{
    private static readonly T MinusHalf = -T.One / (T.One + T.One);

    /// <summary>Adjoints of rows, means of priors and of what all users share, into the batch.</summary>
    public void Backward(FactorBatch<T> batch, Chunk chunk, T* memory)
    {
        var place = new Bump<T>(memory);
        for (var user = chunk.FirstUser; user < chunk.EndUser; user++)
        {
            Carve(ref place, batch, user);
            scratch.Reset();
            batch.NoiseAdjoint[user] = T.Zero;
            var toVector = scratch.TakeZeros(width);
            batch.CenterAdjoint[user] = ReverseScore(batch, user, toVector);
            ReverseFoldIn(batch, user, toVector);
        }
    }

    // Returns the sum of the scores' adjoints.
    private T ReverseScore(FactorBatch<T> batch, int user, T* toVector)
    {
        var (first, count) = batch.QueryOf(user);
        var slots = batch.Slots.Of.Slice(first, count);
        // (1, h), which an item's vector meets.
        var met = batch.RowAdjoint is null ? null : Shifted(vector[steps], scratch.Take(itemWidth));
        if (met is not null)
        {
            *met = T.One;
        }
        var sum = T.Zero;
        for (var i = 0; i < count; i++)
        {
            var delta = batch.QueryWeights[first - batch.SupportRows + i] * slopes[i];
            sum += delta;
            arithmetic.AddScaled(delta, batch.Factors + (long)slots[i] * width, toVector, width);
            if (met is not null)
            {
                arithmetic.Scale(delta, met, batch.RowAdjoint + (long)(first + i) * itemWidth, itemWidth);
            }
        }
        return sum;
    }

    // toVector is the adjoint of the last vector; it becomes, step by step, that of the vectors before.
    private void ReverseFoldIn(FactorBatch<T> batch, int user, T* toVector)
    {
        var count = batch.Tasks.SupportLength(user);
        var toPrior = batch.GroundAdjoint + (long)user * width;
        Arithmetic<T>.Clear(toPrior, width);
        Arithmetic<T>.Clear(batch.PrecisionAdjoint + (long)user * width, width);
        Arithmetic<T>.Clear(batch.LogSpreadAdjoint + (long)user * width, width);
        var along = scratch.Take(count);
        var back = scratch.Take(count);
        var toUnsure = scratch.Take(width);
        var coefficients = batch.RowAdjoint is null ? null : scratch.Take(4L * count);
        var sides = batch.RowAdjoint is null ? null : scratch.TakeZeros(4L * itemWidth);
        for (var t = steps - 1; t >= 0; t--)
        {
            // toVector becomes λ = M⁻¹ h̄.
            cholesky.Solve(factor[t], toVector, order);
            ReversePrior(batch, user, t, toVector);
            Arithmetic<T>.Copy(toVector, toUnsure, width);
            arithmetic.Multiply(vector[t + 1], toUnsure, width);
            arithmetic.Scale(-T.One, toUnsure, toUnsure, width);
            arithmetic.AddProduct(T.One, unsure[t], toUnsure, batch.LogSpreadAdjoint + (long)user * width, width);
            arithmetic.RowDots(items, toVector, T.One, T.Zero, along, count, width, accumulate: false);
            ReverseLinearise(batch, user, t, along, toUnsure, back, coefficients);
            if (coefficients is not null)
            {
                ReverseRows(batch, user, t, toVector, toUnsure, coefficients, sides);
            }
            Arithmetic<T>.Clear(toVector, width);
            if (isClick)
            {
                arithmetic.AddRows(back, items, toVector, count, width);
            }
        }
        // The steps start at the mean of the prior.
        arithmetic.AddScaled(T.One, toVector, toPrior, width);
    }

    // With e = h_{t+1} − h₀ the prior's mean gets Λλ, and the logarithms of its precisions −(λ ∘ Λe + e ∘ Λλ) / 2.
    private void ReversePrior(FactorBatch<T> batch, int user, int t, T* lambda)
    {
        var gap = scratch.Take(width);
        var product = scratch.Take(width);
        var toPrecision = batch.PrecisionAdjoint + (long)user * width;
        Difference(vector[t + 1], vector[0], gap);
        precision.Multiply(lambda, product);
        arithmetic.AddScaled(T.One, product, batch.GroundAdjoint + (long)user * width, width);
        arithmetic.AddProduct(MinusHalf, gap, product, toPrecision, width);
        precision.Multiply(gap, product);
        arithmetic.AddProduct(MinusHalf, lambda, product, toPrecision, width);
    }

    // u = Q λ and p = Q (h_{t+1} − h_t). Receives the coefficients of the rows in the adjoint of h_t, and where items are learned those of
    // (λ, h_{t+1}, h_t, the mean) in each row's adjoint.
    private void ReverseLinearise(FactorBatch<T> batch, int user, int t, T* u, T* toUnsure, T* back, T* coefficients)
    {
        var (first, count) = batch.SupportOf(user);
        var step = scratch.Take(width);
        var p = scratch.Take(count);
        var toWeight = scratch.Take(count);
        Difference(vector[t + 1], vector[t], step);
        arithmetic.RowDots(items, step, T.One, T.Zero, p, count, width, accumulate: false);
        arithmetic.RowDots(spreads, toUnsure, T.One, T.Zero, toWeight, count, width, accumulate: false);
        var (noise, center) = (T.Zero, T.Zero);
        for (var i = 0; i < count; i++)
        {
            var c = batch.FoldWeights[first + i] * batch.Certainty;
            toWeight[i] -= u[i] * p[i];
            var toCount = u[i] * pull[t][i] + curvature[t][i] * toWeight[i];
            var toScore = c * (bend[t][i] * toWeight[i] - steep[t][i] * u[i]);
            back[i] = weight[t][i] * u[i] + toScore;
            noise -= c * toCount;
            center += toScore;
            if (batch.WantsWeights)
            {
                batch.SupportAdjoint[first + i] += batch.Certainty * toCount;
            }
            if (coefficients is not null)
            {
                coefficients[4 * i] = c * pull[t][i] - weight[t][i] * p[i];
                coefficients[4 * i + 1] = -weight[t][i] * u[i];
                coefficients[4 * i + 2] = back[i];
                coefficients[4 * i + 3] = toScore;
            }
        }
        batch.NoiseAdjoint[user] += noise;
        batch.CenterAdjoint[user] += center;
    }

    private void ReverseRows(FactorBatch<T> batch, int user, int t, T* lambda, T* toUnsure, T* coefficients, T* sides)
    {
        var (first, count) = batch.SupportOf(user);
        Shifted(lambda, sides);
        Shifted(vector[t + 1], sides + itemWidth);
        Shifted(vector[t], sides + 2L * itemWidth);
        sides[3L * itemWidth] = T.One;
        var isFirst = t == steps - 1;
        arithmetic.Gemm(
            new(coefficients, count, 4),
            new(sides, 4, itemWidth),
            new(batch.RowAdjoint + (long)first * itemWidth, count, itemWidth),
            accumulate: !isFirst
        );
        var rows = batch.SpreadAdjoint + (long)first * width;
        arithmetic.Outer(weight[t], T.One, toUnsure, rows, count, width, accumulate: !isFirst);
    }

    // A user's vector behind a zero, as items' vectors have their mean first.
    private T* Shifted(T* x, T* target)
    {
        Arithmetic<T>.Clear(target, itemWidth);
        Arithmetic<T>.Copy(x, target + 1, order);
        return target;
    }
}
