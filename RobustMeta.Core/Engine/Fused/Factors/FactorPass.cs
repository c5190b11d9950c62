using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Factors;

/// <summary>
/// The fold-in of one user after the other: steps to the mean of the user's posterior and scores of the queries. The mathematics,
/// with these names, is in DERIVATION.md in the folder above.
/// </summary>
internal sealed unsafe partial class FactorPass<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Arithmetic<T> arithmetic;
    private readonly PriorPrecision<T> precision;
    private readonly Cholesky<T> cholesky;
    private readonly LossKernel<T> loss;
    private readonly bool isClick;
    private readonly int steps;
    private readonly int order;
    private readonly int width;
    private readonly int itemWidth;
    private readonly Arena<T> scratch = new();
    private readonly T*[] pull;
    private readonly T*[] curvature;
    private readonly T*[] steep;
    private readonly T*[] bend;
    private readonly T*[] weight;
    private readonly T*[] unsure;
    private readonly T*[] factor;
    private readonly T*[] vector;
    private T* items;
    private T* spreads;
    private T* slopes;

    /// <summary>A pass for a form.</summary>
    /// <param name="form">The form.</param>
    /// <param name="label">What is predicted.</param>
    /// <param name="precision">Precision of the users' priors.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public FactorPass(FactorForm form, LabelKind label, PriorPrecision<T> precision, Arithmetic<T> arithmetic)
    {
        (this.precision, this.arithmetic) = (precision, arithmetic);
        cholesky = new(arithmetic, "fold-in", "fewer factors");
        loss = new(label);
        isClick = label == LabelKind.Click;
        steps = isClick ? form.FoldInSteps : 1;
        order = form.Order;
        (width, itemWidth) = (arithmetic.Padded(form.Order), arithmetic.Padded(form.Width));
        (pull, curvature, steep, bend) = (new T*[steps], new T*[steps], new T*[steps], new T*[steps]);
        (weight, unsure, factor) = (new T*[steps], new T*[steps], new T*[steps]);
        vector = new T*[steps + 1];
    }

    /// <summary>Memory that a chunk needs between <see cref="Forward"/> and <see cref="Backward"/>.</summary>
    public long Measure(FactorBatch<T> batch, Chunk chunk)
    {
        var memory = new Bump<T>(null);
        for (var user = chunk.FirstUser; user < chunk.EndUser; user++)
        {
            Carve(ref memory, batch, user);
        }
        return memory.Taken;
    }

    /// <summary>Losses and scores of the chunk's queries; the means of its users' priors are there.</summary>
    public void Forward(FactorBatch<T> batch, Chunk chunk, T* memory)
    {
        var place = new Bump<T>(memory);
        for (var user = chunk.FirstUser; user < chunk.EndUser; user++)
        {
            Carve(ref place, batch, user);
            scratch.Reset();
            FoldIn(batch, user);
            Score(batch, user);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => scratch.Dispose();

    private void Carve(ref Bump<T> memory, FactorBatch<T> batch, int user)
    {
        var (supports, queries) = (batch.Tasks.SupportLength(user), batch.Tasks.QueryLength(user));
        items = memory.Take((long)supports * width);
        spreads = memory.Take((long)supports * width);
        vector[0] = batch.Grounds + (long)user * width;
        for (var t = 0; t < steps; t++)
        {
            pull[t] = memory.Take(supports);
            curvature[t] = memory.Take(supports);
            steep[t] = memory.Take(supports);
            bend[t] = memory.Take(supports);
            weight[t] = memory.Take(supports);
            unsure[t] = memory.Take(width);
            factor[t] = memory.Take((long)order * width);
            vector[t + 1] = memory.Take(width);
        }
        slopes = memory.Take(queries);
    }

    private void FoldIn(FactorBatch<T> batch, int user)
    {
        var (first, count) = batch.SupportOf(user);
        var origin = scratch.Take(count);
        Gather(batch, first, count, origin);
        var scores = scratch.Take(count);
        var force = scratch.Take(count);
        var scaled = scratch.Take((long)count * width);
        var drive = scratch.Take(width);
        var gap = scratch.Take(width);
        var pulled = scratch.Take(width);
        for (var t = 0; t < steps; t++)
        {
            Arithmetic<T>.Copy(origin, scores, count);
            arithmetic.RowDots(items, vector[t], T.One, T.Zero, scores, count, width, accumulate: true);
            Linearise(batch, first, count, t, scores, force);
            Arithmetic<T>.Clear(unsure[t], width);
            arithmetic.AddRows(weight[t], spreads, unsure[t], count, width);
            FactorSystem(t, count, scaled);
            Arithmetic<T>.Clear(drive, width);
            arithmetic.AddRows(force, items, drive, count, width);
            arithmetic.AddProduct(-T.One, unsure[t], vector[t], drive, width);
            if (t > 0)
            {
                Difference(vector[t], vector[0], gap);
                precision.Multiply(gap, pulled);
                arithmetic.AddScaled(-T.One, pulled, drive, width);
            }
            cholesky.Solve(factor[t], drive, order);
            arithmetic.Add(vector[t], drive, vector[t + 1], width);
        }
    }

    // Rows of the support's items, and their scores but for the user's vector.
    private void Gather(FactorBatch<T> batch, int first, int count, T* origin)
    {
        var slots = batch.Slots.Of.Slice(first, count);
        var offsets = batch.Tasks.SupportOffset.AsSpan();
        for (var i = 0; i < count; i++)
        {
            var slot = (long)slots[i];
            Arithmetic<T>.Copy(batch.Factors + slot * width, items + (long)i * width, width);
            Arithmetic<T>.Copy(batch.Spreads + slot * width, spreads + (long)i * width, width);
            origin[i] = batch.Center + batch.Items[slot * itemWidth];
            origin[i] += offsets.IsEmpty ? T.Zero : T.CreateTruncating(offsets[first + i]);
        }
    }

    // Pull r, curvature κ and how both change with the score at step t; weights w = c κ and the force c r, with c = a ν.
    private void Linearise(FactorBatch<T> batch, int first, int count, int t, T* scores, T* force)
    {
        var labels = batch.Tasks.SupportLabels.AsSpan().Slice(first, count);
        for (var i = 0; i < count; i++)
        {
            var c = batch.FoldWeights[first + i] * batch.Certainty;
            pull[t][i] = loss.Residual(scores[i], T.CreateTruncating(labels[i]));
            steep[t][i] = isClick ? loss.Curvature(scores[i]) : T.One;
            (curvature[t][i], bend[t][i]) = isClick ? LogisticBound<T>.At(scores[i]) : (T.One, T.Zero);
            weight[t][i] = c * curvature[t][i];
            force[i] = c * pull[t][i];
        }
    }

    // M = Qᵀ diag(w) Q + diag(U) + Λ, factored.
    private void FactorSystem(int t, int count, T* scaled)
    {
        for (var i = 0; i < count; i++)
        {
            arithmetic.Scale(weight[t][i], items + (long)i * width, scaled + (long)i * width, width);
        }
        var system = factor[t];
        arithmetic.Gemm(
            new Matrix<T>(items, count, order, width).Transposed,
            new(scaled, count, width),
            new(system, order, width),
            accumulate: false
        );
        precision.AddTo(system);
        for (var k = 0; k < order; k++)
        {
            system[(long)k * width + k] += unsure[t][k];
        }
        cholesky.Factor(system, order);
    }

    private void Score(FactorBatch<T> batch, int user)
    {
        var (first, count) = batch.QueryOf(user);
        var slots = batch.Slots.Of.Slice(first, count);
        var scores = scratch.Take(count);
        for (var i = 0; i < count; i++)
        {
            var slot = (long)slots[i];
            scores[i] =
                arithmetic.Dot(batch.Factors + slot * width, vector[steps], width)
                + (batch.Center + batch.Items[slot * itemWidth]);
        }
        batch.ScoreQueries(loss, scores, slopes, first - batch.SupportRows, count);
    }

    private void Difference(T* x, T* y, T* result)
    {
        Arithmetic<T>.Copy(x, result, width);
        arithmetic.AddScaled(-T.One, y, result, width);
    }
}
