using System.Numerics;
using System.Numerics.Tensors;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// Which items each user's support has, as inputs beside the user's fields: <see cref="Models.Layers.ExposureEncoder"/> without
/// padding, and its way back to the support weights. See DERIVATION.md, exposure.
/// </summary>
internal sealed unsafe class ExposureRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Half = T.One / (T.One + T.One);
    private static readonly T UsualSupport = T.CreateChecked(Models.Factors.ExposureDraws.UsualSupport);

    private readonly int rank;
    private readonly bool hasDrawnNegatives;
    private readonly T[] vectors;
    private readonly T[] means;
    private readonly T[] scales;
    private TaskBatch tasks = null!;
    private T* weights;

    private ExposureRows(ExposureInput input, InputSchema schema, ParameterArrays<T> arrays)
    {
        (rank, Start, hasDrawnNegatives) = (input.Rank, schema.UserWidth, schema.HasDrawnNegatives);
        vectors = arrays.Values(ExposureInput.Vectors);
        means = arrays.Values(ExposureInput.Means);
        scales = arrays.Values(ExposureInput.Scales);
    }

    /// <summary>First column among the user's inputs.</summary>
    public int Start { get; }

    /// <summary>The exposure that a schema asks for; null for none.</summary>
    public static ExposureRows<T>? Of(InputSchema schema, ParameterArrays<T> arrays) =>
        schema.Exposure is { } input ? new(input, schema, arrays) : null;

    /// <summary>Takes a batch with the weights of its support interactions, empty for ones.</summary>
    public void Begin(TaskBatch batch, ReadOnlySpan<T> supportWeights, Arena<T> arena)
    {
        tasks = batch;
        var rows = batch.SupportItems.Length;
        weights = arena.Take(rows);
        var own = new Span<T>(weights, rows);
        own.Fill(T.One);
        if (!supportWeights.IsEmpty)
        {
            supportWeights.CopyTo(own);
        }
        for (var i = 0; i < rows && hasDrawnNegatives; i++)
        {
            own[i] = IsExposed(i) ? own[i] : T.Zero;
        }
    }

    /// <summary>The inputs of a user, R + 1 numbers.</summary>
    public void Write(int user, T* target)
    {
        var sum = new Span<T>(target, rank);
        var size = Sum(user, sum);
        TensorPrimitives.Divide(sum, T.Sqrt(size), sum);
        target[rank] = T.Log(size / UsualSupport);
        for (var k = 0; k <= rank; k++)
        {
            target[k] = (target[k] - means[k]) * scales[k];
        }
    }

    /// <summary>Adds to the derivatives by a user's support weights what the adjoint of the inputs brings.</summary>
    public void Reverse(int user, T* adjoint, Span<T> ofWeights)
    {
        if (ofWeights.IsEmpty)
        {
            return;
        }
        Span<T> sum = new T[rank];
        Span<T> pulled = new T[rank];
        var size = Sum(user, sum);
        for (var k = 0; k < rank; k++)
        {
            pulled[k] = adjoint[k] * scales[k] / T.Sqrt(size);
        }
        // A size that counts as one does not move with the weights.
        var ofSize =
            Total(user) < T.One
                ? T.Zero
                : (adjoint[rank] * scales[rank] - Half * TensorPrimitives.Dot<T>(pulled, sum)) / size;
        for (var i = tasks.SupportStarts[user]; i < tasks.SupportStarts[user + 1]; i++)
        {
            if (IsExposed(i))
            {
                ofWeights[i] += TensorPrimitives.Dot<T>(pulled, Vector(i)) + ofSize;
            }
        }
    }

    // The weighted sum of the items' vectors, and its size, at least 1.
    private T Sum(int user, Span<T> sum)
    {
        sum.Clear();
        for (var i = tasks.SupportStarts[user]; i < tasks.SupportStarts[user + 1]; i++)
        {
            TensorPrimitives.MultiplyAdd(Vector(i), weights[i], sum, sum);
        }
        return T.Max(Total(user), T.One);
    }

    private T Total(int user)
    {
        var total = T.Zero;
        for (var i = tasks.SupportStarts[user]; i < tasks.SupportStarts[user + 1]; i++)
        {
            total += weights[i];
        }
        return total;
    }

    private bool IsExposed(int row) => !hasDrawnNegatives || tasks.SupportLabels[row] != 0;

    private ReadOnlySpan<T> Vector(int row) => vectors.AsSpan(tasks.SupportItems[row] * rank, rank);
}
