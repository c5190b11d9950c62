using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
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
    private readonly int padded;
    private readonly int wide;
    private readonly DenseMap<T> ofItems;
    private readonly DenseMap<T> ofNegative;
    private readonly DenseMap<T> ofPositive;
    private readonly long output;
    private readonly long outputNegative;
    private readonly long outputPositive;
    private readonly long outputBias;
    private readonly VectorGradient<T> ofOutput;
    private readonly VectorGradient<T> ofOutputNegative;
    private readonly VectorGradient<T> ofOutputPositive;
    private readonly NumberGradient<T> ofOutputBias;
    private readonly PieceList<T> pieces;
    private T* block;
    private T* inputs;
    private T* units;
    private T* bias;
    private T* shift;
    private T* preAdjoint;
    private T* inputAdjoint;
    private T* biasAdjoint;

    /// <summary>A head whose parameters get places in a layout.</summary>
    public BiasHead(int width, int hidden, BlockLayout layout, Arithmetic<T> arithmetic)
    {
        this.arithmetic = arithmetic;
        (padded, wide) = (arithmetic.Padded(width), arithmetic.Padded(hidden));
        ofItems = new("hidden.weight", 0, null, width, hidden, layout, arithmetic);
        ofNegative = new("hidden.negative", 0, "hidden.bias", width, hidden, layout, arithmetic);
        ofPositive = new("hidden.positive", 0, null, width, hidden, layout, arithmetic);
        output = layout.Add("output.weight", 0, 1, hidden, wide);
        outputNegative = layout.Add("output.negative", 0, 1, width, padded);
        outputPositive = layout.Add("output.positive", 0, 1, width, padded);
        outputBias = layout.Add("output.bias", 0, 1, 1, 1);
        (ofOutput, ofOutputBias) = (new(output, wide, arithmetic), new(outputBias));
        ofOutputNegative = new(outputNegative, padded, arithmetic);
        ofOutputPositive = new(outputPositive, padded, arithmetic);
        pieces = new(ofItems, ofNegative, ofPositive, ofOutput, ofOutputNegative, ofOutputPositive, ofOutputBias);
    }

    /// <inheritdoc/>
    public override int Pieces => pieces.Pieces;

    /// <inheritdoc/>
    public override void Begin(T* values, ClassBatch<T> batch, Arena<T> arena)
    {
        block = values;
        ofItems.Begin(values, arena);
        ofNegative.Begin(values, arena);
        ofPositive.Begin(values, arena);
        inputs = arena.Take((long)batch.QueryRows * padded);
        units = arena.Take((long)batch.QueryRows * wide);
        bias = arena.Take((long)batch.Tasks.Count * wide);
        shift = arena.Take(batch.Tasks.Count);
    }

    /// <inheritdoc/>
    public override void BeginReverse(ClassBatch<T> batch, Arena<T> arena)
    {
        var (users, queries) = (batch.Tasks.Count, batch.QueryRows);
        var negative = batch.Negative.Vectors;
        var positive = batch.Positive.Vectors;
        preAdjoint = arena.Take((long)queries * wide);
        inputAdjoint = arena.Take((long)queries * padded);
        biasAdjoint = arena.TakeZeros((long)users * wide);
        ofItems.Collect(inputs, preAdjoint, queries);
        ofNegative.Collect(negative, biasAdjoint, users);
        ofPositive.Collect(positive, biasAdjoint, users);
        ofOutput.Collect(batch.Slopes, units, queries);
        ofOutputNegative.Collect(batch.ScoreAdjoint, negative, users);
        ofOutputPositive.Collect(batch.ScoreAdjoint, positive, users);
        ofOutputBias.Collect(batch.ScoreAdjoint, users);
    }

    /// <inheritdoc/>
    public override void EncodeUsers(ClassBatch<T> batch, Chunk users)
    {
        var (first, count) = (users.FirstUser, users.EndUser - users.FirstUser);
        var negative = batch.Negative.Vectors;
        var positive = batch.Positive.Vectors;
        var ownBias = bias + (long)first * wide;
        var start = (long)first * padded;
        ofNegative.Apply(negative + start, ownBias, count, accumulate: false);
        ofPositive.Apply(positive + start, ownBias, count, accumulate: true);
        Dots(negative, outputNegative, block[outputBias], accumulate: false);
        Dots(positive, outputPositive, T.Zero, accumulate: true);

        void Dots(T* vectors, long vector, T more, bool accumulate) =>
            arithmetic.RowDots(vectors + start, block + vector, T.One, more, shift + first, count, padded, accumulate);
    }

    /// <inheritdoc/>
    public override void Score(ClassBatch<T> batch, int user, T* scores)
    {
        var (first, count) = (batch.Tasks.QueryStarts[user], batch.Tasks.QueryLength(user));
        var items = inputs + (long)first * padded;
        var own = units + (long)first * wide;
        for (var i = 0; i < count; i++)
        {
            var item = batch.Encoded + (long)batch.Slots.Of[batch.SupportRows + first + i] * padded;
            Arithmetic<T>.Copy(item, items + (long)i * padded, padded);
        }
        ofItems.Apply(items, own, count, accumulate: false);
        arithmetic.Activate(Activation.Relu, own, bias + (long)user * wide, null, null, count, wide);
        arithmetic.RowDots(own, block + output, T.One, shift[user], scores, count, wide, accumulate: false);
    }

    /// <inheritdoc/>
    public override void Reverse(ClassBatch<T> batch, Chunk users)
    {
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            var (first, count) = (batch.Tasks.QueryStarts[u], batch.Tasks.QueryLength(u));
            var own = units + (long)first * wide;
            var pre = preAdjoint + (long)first * wide;
            arithmetic.OuterProductStep(batch.Slopes + first, block + output, own, T.Zero, pre, count, wide);
            arithmetic.AddRows(null, pre, biasAdjoint + (long)u * wide, count, wide);
        }
        var (rows, number) = batch.QueryOf(users);
        var query = (long)(rows - batch.SupportRows);
        ofItems.Pull(preAdjoint + query * wide, inputAdjoint + query * padded, number, accumulate: false);
        ToClass(batch, users, batch.Negative.Adjoint, ofNegative, outputNegative);
        ToClass(batch, users, batch.Positive.Adjoint, ofPositive, outputPositive);
    }

    /// <inheritdoc/>
    /// <remarks>Rows of queries stand behind those of supports.</remarks>
    public override void ReverseItems(ClassBatch<T> batch, int first, int count, T* target) =>
        batch.Slots.SumRows(
            arithmetic,
            inputAdjoint - (long)batch.SupportRows * padded,
            batch.SupportRows,
            int.MaxValue,
            first,
            count,
            target,
            padded,
            accumulate: false
        );

    /// <inheritdoc/>
    public override void WriteGradient(int piece, T* gradient) => pieces.WriteGradient(piece, gradient);

    // Adjoint of R = adjoint of the biases · Vᵀ + that of the score · v.
    private void ToClass(ClassBatch<T> batch, Chunk users, T* adjoint, DenseMap<T> map, long vector)
    {
        var (first, count) = (users.FirstUser, users.EndUser - users.FirstUser);
        var target = adjoint + (long)first * padded;
        var ofScores = batch.ScoreAdjoint + first;
        map.Pull(biasAdjoint + (long)first * wide, target, count, accumulate: false);
        arithmetic.Outer(ofScores, T.One, block + vector, target, count, padded, accumulate: true);
    }
}
