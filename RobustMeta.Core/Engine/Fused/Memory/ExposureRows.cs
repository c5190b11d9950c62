using System.Numerics;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// Which items each user's support has, as inputs beside the user's fields: <see cref="Models.Layers.ExposureEncoder"/> without
/// padding, and its way back to the support weights. See DERIVATION.md, exposure.
/// </summary>
internal sealed unsafe class ExposureRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int rank;
    private readonly AlignedNumbers<T> vectors;
    private readonly AlignedNumbers<T> means;
    private readonly AlignedNumbers<T> scales;
    private readonly SupportSum<T> sums;
    private TaskBatch tasks = null!;

    private ExposureRows(ExposureInput input, InputSchema schema, ParameterArrays<T> arrays)
    {
        (rank, Start) = (input.Rank, schema.UserWidth);
        vectors = arrays.Values(ExposureInput.Vectors);
        means = arrays.Values(ExposureInput.Means);
        scales = arrays.Values(ExposureInput.Scales);
        sums = new(rank, schema.HasDrawnNegatives, T.One, Vector);
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
        sums.Begin(batch, supportWeights, arena);
    }

    /// <summary>The inputs of a user, R + 1 numbers.</summary>
    public void Write(int user, T* target)
    {
        sums.Write(user, target);
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
        Span<T> scaled = new T[rank + 1];
        for (var k = 0; k <= rank; k++)
        {
            scaled[k] = adjoint[k] * scales[k];
        }
        sums.Reverse(user, scaled, ofWeights);
    }

    private ReadOnlySpan<T> Vector(int row) => vectors.AsSpan(tasks.SupportItems[row] * rank, rank);
}
