using System.Numerics;
using System.Numerics.Tensors;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>The vector of the item of a support interaction.</summary>
/// <typeparam name="T">Number type.</typeparam>
/// <param name="row">The interaction.</param>
internal delegate ReadOnlySpan<T> VectorOf<T>(int row);

/// <summary>
/// What the mere choice of a support says, as R + 1 numbers: the weighted sum of the items' vectors over the root of the sum of weights,
/// and the logarithm of that sum (<see cref="Models.Factors.ExposureSum"/>), with the way back to the weights. See DERIVATION.md,
/// exposure.
/// </summary>
/// <param name="rank">Length R of the vectors.</param>
/// <param name="hasDrawnNegatives">Whether support items of label 0 were drawn, so that they are no exposure.</param>
/// <param name="least">Size that a smaller support counts as.</param>
/// <param name="vectorOf">Vectors of the items, constants.</param>
internal sealed unsafe class SupportSum<T>(int rank, bool hasDrawnNegatives, T least, VectorOf<T> vectorOf)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Half = T.One / (T.One + T.One);
    private static readonly T UsualSupport = T.CreateChecked(Models.Factors.ExposureDraws.UsualSupport);

    private TaskBatch tasks = null!;
    private T* weights;

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

    /// <summary>The numbers of a user.</summary>
    public void Write(int user, T* target)
    {
        var sum = new Span<T>(target, rank);
        var size = Sum(user, sum);
        TensorPrimitives.Divide(sum, T.Sqrt(size), sum);
        target[rank] = T.Log(size / UsualSupport);
    }

    /// <summary>Adds to the derivatives by a user's support weights what the adjoint of the numbers brings.</summary>
    public void Reverse(int user, ReadOnlySpan<T> adjoint, Span<T> ofWeights)
    {
        Span<T> sum = new T[rank];
        Span<T> pulled = new T[rank];
        var size = Sum(user, sum);
        TensorPrimitives.Divide(adjoint[..rank], T.Sqrt(size), pulled);
        // A size that counts as the least does not move with the weights.
        var ofSize =
            Total(user) < least ? T.Zero : (adjoint[rank] - Half * TensorPrimitives.Dot<T>(pulled, sum)) / size;
        for (var i = tasks.SupportStarts[user]; i < tasks.SupportStarts[user + 1]; i++)
        {
            if (IsExposed(i))
            {
                ofWeights[i] += TensorPrimitives.Dot(pulled, vectorOf(i)) + ofSize;
            }
        }
    }

    // The weighted sum of the items' vectors, and its size.
    private T Sum(int user, Span<T> sum)
    {
        sum.Clear();
        for (var i = tasks.SupportStarts[user]; i < tasks.SupportStarts[user + 1]; i++)
        {
            TensorPrimitives.MultiplyAdd(vectorOf(i), weights[i], sum, sum);
        }
        return T.Max(Total(user), least);
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
}
