using System.Numerics;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models.Layers;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Classes;

/// <summary>
/// A user's support in two classes, each pooled to one vector, and the way back: <see cref="SupportClasses"/> without
/// padding. See DERIVATION.md, pooled classes.
/// </summary>
/// <param name="label">What is predicted.</param>
/// <param name="pooling">How the items of a class are brought together.</param>
/// <param name="width">Padded width of an encoded item.</param>
/// <param name="arithmetic">Arithmetic.</param>
internal sealed unsafe class ClassPooling<T>(LabelKind label, Pooling pooling, int width, Arithmetic<T> arithmetic)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // As in SupportClasses: a residual has to exceed the mean by more than rounding does.
    private static readonly T Margin = T.CreateChecked(1e-4);

    /// <summary>Level and representatives of a user.</summary>
    public void Forward(ClassBatch<T> batch, int user)
    {
        var first = batch.Tasks.SupportStarts[user];
        var count = batch.Tasks.SupportLength(user);
        var (sum, total) = (T.Zero, T.Zero);
        for (var i = first; i < first + count; i++)
        {
            sum += batch.SupportWeights[i] * Residual(batch, i);
            total += batch.SupportWeights[i];
        }
        var level = sum / total;
        batch.Total[user] = total;
        batch.Level[user] = label == LabelKind.Click ? T.Zero : level;
        for (var i = first; i < first + count; i++)
        {
            var fraction = PositiveFraction(batch, i, level);
            batch.Positive.Weights[i] = batch.SupportWeights[i] * fraction;
            batch.Negative.Weights[i] = batch.SupportWeights[i] * (T.One - fraction);
        }
        Pool(batch, batch.Negative, user, first, count);
        Pool(batch, batch.Positive, user, first, count);
    }

    /// <summary>
    /// Adjoints of a user's sums in place of those of the representatives, and derivatives by the support weights.
    /// </summary>
    public void Reverse(ClassBatch<T> batch, int user, bool isWeighted)
    {
        arithmetic.Scale(
            T.One / batch.Negative.Divisor[user],
            Row(batch.Negative.Adjoint, user),
            Row(batch.Negative.Adjoint, user),
            width
        );
        arithmetic.Scale(
            T.One / batch.Positive.Divisor[user],
            Row(batch.Positive.Adjoint, user),
            Row(batch.Positive.Adjoint, user),
            width
        );
        if (!isWeighted || batch.SupportAdjoint.Length == 0)
        {
            return;
        }
        var (first, level) = (batch.Tasks.SupportStarts[user], batch.Level[user]);
        var (ofNegative, ofPositive) = (Centre(batch.Negative, user), Centre(batch.Positive, user));
        for (var i = first; i < first + batch.Tasks.SupportLength(user); i++)
        {
            var item = Row(batch.Encoded, batch.Slots.Of[i]);
            var positive = arithmetic.Dot(Row(batch.Positive.Adjoint, user), item, width) - ofPositive;
            var negative = arithmetic.Dot(Row(batch.Negative.Adjoint, user), item, width) - ofNegative;
            var fraction = PositiveFraction(batch, i, level);
            var adjoint = fraction * positive + (T.One - fraction) * negative;
            if (label == LabelKind.Rating)
            {
                adjoint += batch.ScoreAdjoint[user] * (Residual(batch, i) - level) / batch.Total[user];
            }
            batch.SupportAdjoint[i] = adjoint;
        }
    }

    // What a mean subtracts from each item before its weight's derivative: the mean itself.
    private T Centre(PooledClass<T> pooled, int user) =>
        pooling == Pooling.Sum ? T.Zero : arithmetic.Dot(Row(pooled.Adjoint, user), Row(pooled.Vectors, user), width);

    private void Pool(ClassBatch<T> batch, PooledClass<T> pooled, int user, int first, int count)
    {
        var vector = Row(pooled.Vectors, user);
        var total = T.Zero;
        for (var i = first; i < first + count; i++)
        {
            total += pooled.Weights[i];
        }
        arithmetic.AddChosen(pooled.Weights + first, batch.Encoded, batch.Slots.Of.Slice(first, count), vector, width);
        // An empty class is zero.
        pooled.Divisor[user] = pooling == Pooling.Sum || total == T.Zero ? T.One : total;
        arithmetic.Scale(T.One / pooled.Divisor[user], vector, vector, width);
    }

    private T PositiveFraction(ClassBatch<T> batch, int row, T level) =>
        label == LabelKind.Click ? T.CreateTruncating(batch.Tasks.SupportLabels[row])
        : Residual(batch, row) > level + Margin ? T.One
        : T.Zero;

    private static T Residual(ClassBatch<T> batch, int row) =>
        T.CreateTruncating(batch.Tasks.SupportLabels[row])
        - (batch.Tasks.SupportOffset.Length == 0 ? T.Zero : T.CreateTruncating(batch.Tasks.SupportOffset[row]));

    private T* Row(T* rows, int row) => rows + (long)row * width;
}
