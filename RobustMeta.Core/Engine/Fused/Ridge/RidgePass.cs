using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Ridge;

/// <summary>
/// The ridge head of one user after the other: Newton steps on the support, scores of the queries, and the way back
/// through every step. The mathematics, with these names, is in DERIVATION.md in the folder above.
/// </summary>
internal sealed unsafe class RidgePass<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Arithmetic<T> arithmetic;
    private readonly RidgeSystem<T> system;
    private readonly LossKernel<T> loss;
    private readonly T slopeFactor;
    private readonly int steps;
    private readonly int width;
    private readonly Arena<T> scratch = new();
    private readonly T*[] pull;
    private readonly T*[] curvature;
    private readonly T*[] bend;
    private readonly T*[] weight;
    private readonly T*[] factor;
    private readonly T*[] along;
    private readonly T*[] move;
    private readonly T*[] vector;
    private T* items;
    private T* scores;
    private T* slopes;

    /// <summary>A pass for a form.</summary>
    /// <param name="form">The form.</param>
    /// <param name="label">What is predicted.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    /// <param name="dual">See <see cref="RidgeSystem{T}"/>.</param>
    public RidgePass(RidgeForm form, LabelKind label, Arithmetic<T> arithmetic, bool? dual)
    {
        this.arithmetic = arithmetic;
        system = new(form.Width, arithmetic, dual);
        loss = new(label);
        // Ridge regression takes half the squared error, so that its pull is y − ŷ and its curvature one.
        slopeFactor = label == LabelKind.Rating ? T.One / (T.One + T.One) : T.One;
        steps = label == LabelKind.Rating ? 1 : form.NewtonSteps;
        width = arithmetic.Padded(form.Width);
        (pull, curvature, bend) = (new T*[steps], new T*[steps], new T*[steps]);
        (weight, factor) = (new T*[steps], new T*[steps]);
        (along, move, vector) = (new T*[steps + 1], new T*[steps + 1], new T*[steps + 1]);
    }

    /// <summary>Memory that a chunk needs between <see cref="Forward"/> and <see cref="Backward"/>.</summary>
    public long Measure(RidgeBatch<T> batch, Chunk chunk)
    {
        var memory = new Bump<T>(null);
        for (var user = chunk.FirstUser; user < chunk.EndUser; user++)
        {
            Carve(ref memory, batch, user);
        }
        return memory.Taken;
    }

    /// <summary>Losses and scores of the chunk's queries.</summary>
    public void Forward(RidgeBatch<T> batch, Chunk chunk, T* memory)
    {
        var place = new Bump<T>(memory);
        for (var user = chunk.FirstUser; user < chunk.EndUser; user++)
        {
            Carve(ref place, batch, user);
            scratch.Reset();
            Adapt(batch, user);
            Score(batch, user);
        }
    }

    /// <summary>Adjoints of rows, priors, λ and gain into the batch.</summary>
    public void Backward(RidgeBatch<T> batch, Chunk chunk, T* memory)
    {
        var place = new Bump<T>(memory);
        for (var user = chunk.FirstUser; user < chunk.EndUser; user++)
        {
            Carve(ref place, batch, user);
            scratch.Reset();
            var toVector = scratch.TakeZeros(width);
            ReverseScore(batch, user, toVector);
            ReverseAdapt(batch, user, toVector);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => scratch.Dispose();

    private void Carve(ref Bump<T> memory, RidgeBatch<T> batch, int user)
    {
        var (supports, queries) = (batch.Tasks.SupportLength(user), batch.Tasks.QueryLength(user));
        items = memory.Take((long)supports * width);
        for (var t = 0; t < steps; t++)
        {
            pull[t] = memory.Take(supports);
            curvature[t] = memory.Take(supports);
            bend[t] = memory.Take(supports);
            weight[t] = memory.Take(supports);
            factor[t] = memory.Take(system.Size(supports));
        }
        for (var t = 0; t <= steps; t++)
        {
            along[t] = memory.Take(supports);
            move[t] = memory.Take(width);
            vector[t] = memory.Take(width);
        }
        scores = memory.Take(queries);
        slopes = memory.Take(queries);
    }

    private void Adapt(RidgeBatch<T> batch, int user)
    {
        var (first, count) = (batch.Tasks.SupportStarts[user], batch.Tasks.SupportLength(user));
        var slots = batch.Slots.Of.Slice(first, count);
        for (var i = 0; i < count; i++)
        {
            Arithmetic<T>.Copy(batch.Features + (long)slots[i] * width, items + (long)i * width, width);
        }
        var origin = scratch.TakeZeros(count);
        if (batch.Priors is not null)
        {
            Project(batch.Priors + (long)user * width, origin, count);
        }
        var offsets = batch.Tasks.SupportOffset.AsSpan();
        for (var i = 0; i < count && !offsets.IsEmpty; i++)
        {
            origin[i] += T.CreateTruncating(offsets[first + i]);
        }
        Arithmetic<T>.Clear(along[0], count);
        Arithmetic<T>.Clear(move[0], width);
        AddPrior(batch, user, 0);
        var force = scratch.Take(count);
        var right = scratch.Take(width);
        for (var t = 0; t < steps; t++)
        {
            Linearise(batch, first, count, t, origin, force);
            Arithmetic<T>.Clear(right, width);
            arithmetic.AddRows(force, items, right, count, width);
            var matrix = new RidgeMatrix<T>(items, weight[t], count, batch.Lambda, factor[t]);
            system.Factor(matrix, scratch);
            system.Solve(matrix, right, move[t + 1], scratch);
            Project(move[t + 1], along[t + 1], count);
            AddPrior(batch, user, t + 1);
        }
    }

    // Pull r, curvature c and its slope at step t; the system's weights w = a c and right side a (r + c m).
    private void Linearise(RidgeBatch<T> batch, int first, int count, int t, T* origin, T* force)
    {
        var labels = batch.Tasks.SupportLabels.AsSpan().Slice(first, count);
        for (var i = 0; i < count; i++)
        {
            var score = origin[i] + along[t][i];
            var a = batch.SupportWeights[first + i];
            pull[t][i] = -slopeFactor * loss.Slope(score, T.CreateTruncating(labels[i]));
            curvature[t][i] = slopeFactor * loss.Curvature(score);
            bend[t][i] = loss.Bend(score);
            weight[t][i] = a * curvature[t][i];
            force[i] = a * (pull[t][i] + curvature[t][i] * along[t][i]);
        }
    }

    private void Score(RidgeBatch<T> batch, int user)
    {
        var (first, count) = (batch.Tasks.QueryStarts[user], batch.Tasks.QueryLength(user));
        var slots = batch.Slots.Of.Slice(batch.SupportRows + first, count);
        for (var i = 0; i < count; i++)
        {
            var item = batch.Features + (long)slots[i] * width;
            scores[i] = batch.Gain * arithmetic.Dot(item, vector[steps], width);
        }
        batch.ScoreQueries(loss, scores, slopes, first, count);
    }

    private void ReverseScore(RidgeBatch<T> batch, int user, T* toVector)
    {
        var (first, count) = (batch.Tasks.QueryStarts[user], batch.Tasks.QueryLength(user));
        var slots = batch.Slots.Of.Slice(batch.SupportRows + first, count);
        var gain = T.Zero;
        for (var i = 0; i < count; i++)
        {
            var delta = batch.QueryWeights[first + i] * slopes[i];
            gain += delta * scores[i];
            var scaled = delta * batch.Gain;
            var row = batch.RowAdjoint + (long)(batch.SupportRows + first + i) * width;
            arithmetic.Scale(scaled, vector[steps], row, width);
            arithmetic.AddScaled(scaled, batch.Features + (long)slots[i] * width, toVector, width);
        }
        batch.GainAdjoint[user] = gain;
    }

    // toVector is the adjoint of the last vector; it becomes, step by step, that of the moves before.
    private void ReverseAdapt(RidgeBatch<T> batch, int user, T* toVector)
    {
        var (first, count) = (batch.Tasks.SupportStarts[user], batch.Tasks.SupportLength(user));
        var toPrior = batch.PriorAdjoint is null ? null : batch.PriorAdjoint + (long)user * width;
        if (toPrior is not null)
        {
            Arithmetic<T>.Copy(toVector, toPrior, width);
        }
        var rows = batch.RowAdjoint + (long)first * width;
        var u = scratch.Take(count);
        var bent = scratch.Take(count);
        var ahead = scratch.Take(count);
        var coefficients = scratch.Take(3L * count);
        var sides = scratch.Take(3L * width);
        var lambda = T.Zero;
        for (var t = steps - 1; t >= 0; t--)
        {
            var matrix = new RidgeMatrix<T>(items, weight[t], count, batch.Lambda, factor[t]);
            system.Solve(matrix, toVector, sides, scratch);
            Arithmetic<T>.Copy(vector[t + 1], sides + width, width);
            Arithmetic<T>.Copy(vector[t], sides + 2L * width, width);
            lambda -= arithmetic.Dot(sides, move[t + 1], width);
            Project(sides, u, count);
            ReverseLinearise(batch, first, count, t, u, bent, ahead, coefficients);
            arithmetic.Gemm(
                new(coefficients, count, 3),
                new(sides, 3, width),
                new(rows, count, width),
                accumulate: t < steps - 1
            );
            if (toPrior is not null)
            {
                arithmetic.AddRows(ahead, items, toPrior, count, width);
            }
            Arithmetic<T>.Clear(toVector, width);
            arithmetic.AddRows(bent, items, toVector, count, width);
        }
        batch.LambdaAdjoint[user] = lambda * batch.Lambda;
    }

    // Coefficients of (v, p_{t+1}, p_t) in each row's adjoint; adjoints of the scores before the step through the move (h) and
    // through the prior (h − w u).
    private void ReverseLinearise(
        RidgeBatch<T> batch,
        int first,
        int count,
        int t,
        T* u,
        T* bent,
        T* ahead,
        T* coefficients
    )
    {
        var adjoints = batch.SupportAdjoint.AsSpan();
        for (var i = 0; i < count; i++)
        {
            var a = batch.SupportWeights[first + i];
            var gap = along[t][i] - along[t + 1][i];
            var left = pull[t][i] + curvature[t][i] * gap;
            bent[i] = a * u[i] * gap * bend[t][i];
            ahead[i] = bent[i] - weight[t][i] * u[i];
            coefficients[3 * i] = a * left;
            coefficients[3 * i + 1] = -weight[t][i] * u[i];
            coefficients[3 * i + 2] = bent[i];
            if (!adjoints.IsEmpty)
            {
                adjoints[first + i] += u[i] * left;
            }
        }
    }

    // p_t = p_0 + d_t.
    private void AddPrior(RidgeBatch<T> batch, int user, int t)
    {
        if (batch.Priors is null)
        {
            Arithmetic<T>.Copy(move[t], vector[t], width);
        }
        else
        {
            arithmetic.Add(batch.Priors + (long)user * width, move[t], vector[t], width);
        }
    }

    // result = Q x.
    private void Project(T* x, T* result, int count) =>
        arithmetic.Gram(new(items, count, width), new(x, 1, width), new(result, count, 1), T.One, T.Zero);
}
