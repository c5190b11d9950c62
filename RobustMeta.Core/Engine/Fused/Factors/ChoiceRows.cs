using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Factors;

/// <summary>
/// What the choice of the support items adds to the means of users' priors, whatever their labels: a linear map of the weighted mean of
/// their vectors. See DERIVATION.md, factors.
/// </summary>
/// <param name="batch">The batch.</param>
/// <param name="map">The map.</param>
/// <param name="arithmetic">Arithmetic.</param>
internal sealed unsafe class ChoiceRows<T>(FactorBatch<T> batch, DenseMap<T> map, Arithmetic<T> arithmetic)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Least = T.CreateChecked(FactorForm.Least);

    private readonly int width = map.InputPadded;
    private T* means;
    private T* adjoints;

    /// <summary>Takes values and memory for the way there.</summary>
    public void Begin(T* values, Arena<T> arena)
    {
        map.Begin(values, arena);
        means = arena.Take((long)batch.Tasks.Count * width);
    }

    /// <summary>Adds to the means of some users' priors.</summary>
    public void Forward(Chunk users)
    {
        for (var user = users.FirstUser; user < users.EndUser; user++)
        {
            var mean = means + (long)user * width;
            Arithmetic<T>.Clear(mean, width);
            var (first, count) = batch.SupportOf(user);
            for (var i = first; i < first + count; i++)
            {
                arithmetic.AddScaled(batch.SupportWeights[i], Item(i), mean, width);
            }
            arithmetic.Scale(T.One / T.Max(Total(user), Least), mean, mean, width);
        }
        var start = users.FirstUser;
        map.Apply(
            means + (long)start * width,
            batch.Grounds + (long)start * map.OutputPadded,
            users.EndUser - start,
            accumulate: true
        );
    }

    /// <summary>Takes memory for the way back; <see cref="FactorBatch{T}.GroundAdjoint"/> has its place.</summary>
    public void BeginReverse(Arena<T> arena)
    {
        adjoints = arena.Take((long)batch.Tasks.Count * width);
        map.Collect(means, batch.GroundAdjoint, batch.Tasks.Count);
    }

    /// <summary>Adds to the adjoints of the rows and weights of some users' supports.</summary>
    public void Reverse(Chunk users)
    {
        if (batch.RowAdjoint is null && !batch.WantsWeights)
        {
            return;
        }
        var start = users.FirstUser;
        map.Pull(
            batch.GroundAdjoint + (long)start * map.OutputPadded,
            adjoints + (long)start * width,
            users.EndUser - start,
            accumulate: false
        );
        for (var user = start; user < users.EndUser; user++)
        {
            Reverse(user, adjoints + (long)user * width);
        }
    }

    private void Reverse(int user, T* adjoint)
    {
        var total = Total(user);
        var scale = T.One / T.Max(total, Least);
        // A sum that counts as the least does not move with the weights.
        var level = total < Least ? T.Zero : arithmetic.Dot(means + (long)user * width, adjoint, width);
        var (first, count) = batch.SupportOf(user);
        for (var i = first; i < first + count; i++)
        {
            if (batch.RowAdjoint is not null)
            {
                var row = batch.RowAdjoint + (long)i * width;
                arithmetic.AddScaled(batch.SupportWeights[i] * scale, adjoint, row, width);
            }
            if (batch.WantsWeights)
            {
                batch.SupportAdjoint[i] += scale * (arithmetic.Dot(Item(i), adjoint, width) - level);
            }
        }
    }

    private T Total(int user)
    {
        var (first, count) = batch.SupportOf(user);
        var total = T.Zero;
        for (var i = first; i < first + count; i++)
        {
            total += batch.SupportWeights[i];
        }
        return total;
    }

    private T* Item(int row) => batch.Items + (long)batch.Slots.Of[row] * width;
}
