using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Classes;

/// <summary>
/// NLBA: <c>score = relu(F(i) W + R₀V₀ + R₁V₁ + c) w + R₀v₀ + R₁v₁ + b</c>. See DERIVATION.md, NLBA.
/// </summary>
internal sealed unsafe class BiasHead<T> : ClassHead<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Arithmetic<T> arithmetic;
    private readonly int width;
    private readonly int padded;
    private readonly int hidden;
    private readonly int wide;
    private readonly long weight;
    private readonly long ofNegative;
    private readonly long ofPositive;
    private readonly long hiddenBias;
    private readonly long output;
    private readonly long outputNegative;
    private readonly long outputPositive;
    private readonly long outputBias;
    private ClassBatch<T> reversed = null!;
    private T* block;
    private T* mapped;
    private T* bias;
    private T* shift;
    private T* units;
    private T* preAdjoint;
    private T* mappedAdjoint;
    private T* biasAdjoint;
    private T* outputAdjoint;

    /// <summary>A head whose parameters get places in a layout.</summary>
    public BiasHead(int width, int hidden, BlockLayout layout, Arithmetic<T> arithmetic)
    {
        (this.width, this.hidden, this.arithmetic) = (width, hidden, arithmetic);
        (padded, wide) = (arithmetic.Padded(width), arithmetic.Padded(hidden));
        weight = layout.Add("hidden.weight", 0, width, hidden, wide);
        ofNegative = layout.Add("hidden.negative", 0, width, hidden, wide);
        ofPositive = layout.Add("hidden.positive", 0, width, hidden, wide);
        hiddenBias = layout.Add("hidden.bias", 0, 1, hidden, wide);
        output = layout.Add("output.weight", 0, 1, hidden, wide);
        outputNegative = layout.Add("output.negative", 0, 1, width, padded);
        outputPositive = layout.Add("output.positive", 0, 1, width, padded);
        outputBias = layout.Add("output.bias", 0, 1, 1, 1);
    }

    /// <inheritdoc/>
    public override int Pieces => 4;

    /// <inheritdoc/>
    public override void Begin(T* values, ClassBatch<T> batch, Arena<T> arena)
    {
        block = values;
        mapped = arena.Take((long)batch.Slots.Count * wide);
        bias = arena.Take((long)batch.Tasks.Count * wide);
        shift = arena.Take(batch.Tasks.Count);
        // A row for each user: queries of a user are scored one after the other.
        units = arena.Take((long)batch.Tasks.Count * wide);
    }

    /// <inheritdoc/>
    public override void BeginReverse(ClassBatch<T> batch, Arena<T> arena)
    {
        reversed = batch;
        preAdjoint = arena.Take((long)batch.QueryRows * wide);
        mappedAdjoint = arena.Take((long)batch.Slots.Count * wide);
        biasAdjoint = arena.TakeZeros((long)batch.Tasks.Count * wide);
        outputAdjoint = arena.TakeZeros((long)batch.Tasks.Count * wide);
    }

    /// <inheritdoc/>
    public override void EncodeItems(ClassBatch<T> batch, int first, int count) =>
        arithmetic.Gemm(
            new(batch.Encoded + (long)first * padded, count, width, padded),
            new(block + weight, width, wide),
            new(mapped + (long)first * wide, count, wide),
            accumulate: false
        );

    /// <inheritdoc/>
    public override void EncodeUsers(ClassBatch<T> batch, Chunk users)
    {
        var (first, count) = (users.FirstUser, users.EndUser - users.FirstUser);
        var target = bias + (long)first * wide;
        for (var u = 0; u < count; u++)
        {
            Arithmetic<T>.Copy(block + hiddenBias, target + (long)u * wide, wide);
            shift[first + u] =
                arithmetic.Dot(batch.Negative.Vectors + (long)(first + u) * padded, block + outputNegative, padded)
                + arithmetic.Dot(batch.Positive.Vectors + (long)(first + u) * padded, block + outputPositive, padded)
                + block[outputBias];
        }
        Map(batch.Negative.Vectors, ofNegative);
        Map(batch.Positive.Vectors, ofPositive);

        void Map(T* vectors, long matrix) =>
            arithmetic.Gemm(
                new(vectors + (long)first * padded, count, width, padded),
                new(block + matrix, width, wide),
                new(bias + (long)first * wide, count, wide),
                accumulate: true
            );
    }

    /// <inheritdoc/>
    public override void Score(ClassBatch<T> batch, int user, T* scores)
    {
        var first = batch.SupportRows + batch.Tasks.QueryStarts[user];
        var row = units + (long)user * wide;
        for (var i = 0; i < batch.Tasks.QueryLength(user); i++)
        {
            Rectify(user, batch.Slots.Of[first + i], row, null);
            scores[i] = arithmetic.Dot(row, block + output, wide) + shift[user];
        }
    }

    /// <inheritdoc/>
    public override void Reverse(ClassBatch<T> batch, Chunk users)
    {
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            ReverseUser(batch, u);
        }
        ToClass(batch, users, batch.Negative.Adjoint, ofNegative, outputNegative);
        ToClass(batch, users, batch.Positive.Adjoint, ofPositive, outputPositive);
    }

    /// <inheritdoc/>
    public override void ReverseItems(ClassBatch<T> batch, int first, int count, T* target)
    {
        var rows = mappedAdjoint + (long)first * wide;
        // Rows of queries stand behind those of supports.
        batch.Slots.SumRows(
            arithmetic,
            preAdjoint - (long)batch.SupportRows * wide,
            batch.SupportRows,
            int.MaxValue,
            first,
            count,
            rows,
            wide,
            accumulate: false
        );
        arithmetic.Gram(
            new(rows, count, wide),
            new(block + weight, width, wide),
            new(target, count, width, padded),
            T.One,
            T.Zero
        );
    }

    /// <inheritdoc/>
    public override void WriteGradient(int piece, T* gradient)
    {
        var users = reversed.Tasks.Count;
        switch (piece)
        {
            case 0:
                Outer(reversed.Encoded, reversed.Slots.Count, mappedAdjoint, weight);
                break;
            case 1:
                Outer(reversed.Negative.Vectors, users, biasAdjoint, ofNegative);
                Total(reversed.ScoreAdjoint, reversed.Negative.Vectors, outputNegative, padded);
                break;
            case 2:
                Outer(reversed.Positive.Vectors, users, biasAdjoint, ofPositive);
                Total(reversed.ScoreAdjoint, reversed.Positive.Vectors, outputPositive, padded);
                break;
            default:
                Total(null, biasAdjoint, hiddenBias, wide);
                Total(null, outputAdjoint, output, wide);
                gradient[outputBias] = Sum(reversed.ScoreAdjoint, users);
                break;
        }

        void Outer(T* vectors, int rows, T* adjoints, long place) =>
            arithmetic.Gemm(
                new Matrix<T>(vectors, rows, width, padded).Transposed,
                new(adjoints, rows, wide),
                new(gradient + place, width, wide),
                accumulate: false
            );

        void Total(T* factors, T* rows, long place, int length)
        {
            Arithmetic<T>.Clear(gradient + place, length);
            arithmetic.AddRows(factors, rows, gradient + place, users, length);
        }
    }

    private void ReverseUser(ClassBatch<T> batch, int user)
    {
        var row = units + (long)user * wide;
        for (var q = batch.Tasks.QueryStarts[user]; q < batch.Tasks.QueryStarts[user + 1]; q++)
        {
            var pre = preAdjoint + (long)q * wide;
            Rectify(user, batch.Slots.Of[batch.SupportRows + q], row, pre);
            arithmetic.AddScaled(batch.Slopes[q], row, outputAdjoint + (long)user * wide, wide);
            arithmetic.Multiply(block + output, pre, wide);
            arithmetic.Scale(batch.Slopes[q], pre, pre, wide);
            arithmetic.AddScaled(T.One, pre, biasAdjoint + (long)user * wide, wide);
        }
    }

    // Adjoint of R = adjoint of the biases · Vᵀ + that of the score · v.
    private void ToClass(ClassBatch<T> batch, Chunk users, T* target, long matrix, long vector)
    {
        var (first, count) = (users.FirstUser, users.EndUser - users.FirstUser);
        arithmetic.Gram(
            new(biasAdjoint + (long)first * wide, count, wide),
            new(block + matrix, width, wide),
            new(target + (long)first * padded, count, width, padded),
            T.One,
            T.Zero
        );
        for (var u = first; u < users.EndUser; u++)
        {
            arithmetic.AddScaled(batch.ScoreAdjoint[u], block + vector, target + (long)u * padded, padded);
        }
    }

    // Hidden units of an item for a user, and their slopes.
    private void Rectify(int user, int slot, T* row, T* slopes)
    {
        Arithmetic<T>.Copy(mapped + (long)slot * wide, row, wide);
        arithmetic.Activate(Activation.Relu, row, bias + (long)user * wide, slopes, null, 1, wide);
    }
}
