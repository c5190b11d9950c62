using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Classes;

/// <summary>LWA: <c>score = b + F(i)ᵀv</c> with <c>v = w₀R₀ + w₁R₁</c>. See DERIVATION.md, LWA.</summary>
internal sealed unsafe class LinearHead<T> : ClassHead<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ClassMixing mixing;
    private readonly Arithmetic<T> arithmetic;
    private readonly int width;
    private readonly int padded;
    private readonly long negative;
    private readonly long positive;
    private readonly long bias;
    private ClassBatch<T> reversed = null!;
    private T* block;
    private T* classifier;
    private T* adjoint;

    /// <summary>A head whose parameters get places in a layout.</summary>
    public LinearHead(ClassMixing mixing, int width, BlockLayout layout, Arithmetic<T> arithmetic)
    {
        (this.mixing, this.width, this.arithmetic) = (mixing, width, arithmetic);
        padded = arithmetic.Padded(width);
        negative = Add("mix.negative");
        positive = Add("mix.positive");
        bias = layout.Add("bias", 0, 1, 1, 1);

        long Add(string name) =>
            mixing switch
            {
                ClassMixing.Scalar => layout.Add(name, 0, 1, 1, 1),
                ClassMixing.Diagonal => layout.Add(name, 0, 1, width, padded),
                _ => layout.Add(name, 0, width, width, padded),
            };
    }

    /// <inheritdoc/>
    public override int Pieces => 2;

    /// <inheritdoc/>
    public override void Begin(T* values, ClassBatch<T> batch, Arena<T> arena)
    {
        block = values;
        classifier = arena.TakeZeros((long)batch.Tasks.Count * padded);
    }

    /// <inheritdoc/>
    public override void BeginReverse(ClassBatch<T> batch, Arena<T> arena)
    {
        reversed = batch;
        adjoint = arena.TakeZeros((long)batch.Tasks.Count * padded);
    }

    /// <inheritdoc/>
    public override void EncodeUsers(ClassBatch<T> batch, Chunk users)
    {
        Mix(block + negative, batch.Negative.Vectors, users);
        Mix(block + positive, batch.Positive.Vectors, users);
    }

    /// <inheritdoc/>
    public override void Score(ClassBatch<T> batch, int user, T* scores)
    {
        var first = batch.SupportRows + batch.Tasks.QueryStarts[user];
        for (var i = 0; i < batch.Tasks.QueryLength(user); i++)
        {
            var item = batch.Encoded + (long)batch.Slots.Of[first + i] * padded;
            scores[i] = arithmetic.Dot(item, classifier + (long)user * padded, padded) + block[bias];
        }
    }

    /// <inheritdoc/>
    public override void Reverse(ClassBatch<T> batch, Chunk users)
    {
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            for (var q = batch.Tasks.QueryStarts[u]; q < batch.Tasks.QueryStarts[u + 1]; q++)
            {
                var item = batch.Encoded + (long)batch.Slots.Of[batch.SupportRows + q] * padded;
                arithmetic.AddScaled(batch.Slopes[q], item, adjoint + (long)u * padded, padded);
            }
        }
        MixReverse(block + negative, batch.Negative.Adjoint, users);
        MixReverse(block + positive, batch.Positive.Adjoint, users);
    }

    /// <inheritdoc/>
    public override void ReverseItems(ClassBatch<T> batch, int first, int count, T* target)
    {
        Arithmetic<T>.Clear(target, (long)count * padded);
        for (var i = 0; i < count; i++)
        {
            foreach (var row in batch.Slots.Rows(first + i))
            {
                if (row >= batch.SupportRows)
                {
                    var vector = classifier + (long)batch.UserOf[row] * padded;
                    arithmetic.AddScaled(
                        batch.Slopes[row - batch.SupportRows],
                        vector,
                        target + (long)i * padded,
                        padded
                    );
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void WriteGradient(int piece, T* gradient)
    {
        var users = reversed.Tasks.Count;
        var vectors = piece == 0 ? reversed.Negative.Vectors : reversed.Positive.Vectors;
        var target = gradient + (piece == 0 ? negative : positive);
        switch (mixing)
        {
            case ClassMixing.Scalar:
                *target = arithmetic.Dot(vectors, adjoint, users * padded);
                break;
            case ClassMixing.Diagonal:
                Arithmetic<T>.Clear(target, padded);
                for (var u = 0; u < users; u++)
                {
                    arithmetic.AddProduct(
                        T.One,
                        vectors + (long)u * padded,
                        adjoint + (long)u * padded,
                        target,
                        padded
                    );
                }
                break;
            default:
                var rows = new Matrix<T>(vectors, users, width, padded);
                arithmetic.Gemm(rows.Transposed, new(adjoint, users, padded), new(target, width, padded), false);
                break;
        }
        if (piece == 0)
        {
            gradient[bias] = Sum(reversed.ScoreAdjoint, users);
        }
    }

    // v += w R for some users.
    private void Mix(T* factor, T* vectors, Chunk users)
    {
        var (first, count) = (users.FirstUser, users.EndUser - users.FirstUser);
        var from = vectors + (long)first * padded;
        var to = classifier + (long)first * padded;
        if (mixing == ClassMixing.Scalar)
        {
            arithmetic.AddScaled(*factor, from, to, count * padded);
            return;
        }
        if (mixing == ClassMixing.Matrix)
        {
            arithmetic.Gemm(new(from, count, width, padded), new(factor, width, padded), new(to, count, padded), true);
            return;
        }
        for (var u = 0; u < count; u++)
        {
            arithmetic.AddProduct(T.One, factor, from + (long)u * padded, to + (long)u * padded, padded);
        }
    }

    // Adjoint of R = w · adjoint of v, for some users.
    private void MixReverse(T* factor, T* target, Chunk users)
    {
        var (first, count) = (users.FirstUser, users.EndUser - users.FirstUser);
        var from = adjoint + (long)first * padded;
        var to = target + (long)first * padded;
        if (mixing == ClassMixing.Scalar)
        {
            arithmetic.Scale(*factor, from, to, count * padded);
            return;
        }
        if (mixing == ClassMixing.Matrix)
        {
            arithmetic.Gram(
                new(from, count, padded),
                new(factor, width, padded),
                new(to, count, width, padded),
                T.One,
                T.Zero
            );
            return;
        }
        for (var u = 0; u < count; u++)
        {
            arithmetic.AddProduct(T.One, factor, from + (long)u * padded, to + (long)u * padded, padded);
        }
    }
}
