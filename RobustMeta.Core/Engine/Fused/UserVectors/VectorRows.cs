using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.UserVectors;

/// <summary>
/// Rows of a batch under one vector of each user: hidden units, scores and losses, and the way back to what the vectors bring to
/// the hidden layer.
/// </summary>
/// <param name="batch">The batch.</param>
/// <param name="network">The base network.</param>
/// <param name="loss">The loss.</param>
/// <param name="arithmetic">Arithmetic.</param>
internal sealed unsafe class VectorRows<T>(
    VectorBatch<T> batch,
    BaseNetwork<T> network,
    LossKernel<T> loss,
    Arithmetic<T> arithmetic
)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int width = network.Padded;

    /// <summary>What vector and features of each user bring to the hidden layer <c>[B, padded]</c>.</summary>
    public T* Own { get; private set; }

    /// <summary>Adjoint of <see cref="Own"/>.</summary>
    public T* OwnAdjoint { get; private set; }

    /// <summary>Hidden units of the rows <c>[rows, padded]</c>.</summary>
    public T* Units { get; private set; }

    /// <summary>Scores of the rows, then the derivative of each loss by its score, then that of the objective.</summary>
    public T* Slopes { get; private set; }

    /// <summary>Losses of the supports.</summary>
    public T* SupportLosses { get; private set; }

    /// <summary>Second derivatives of the support losses by their scores; null where they are not wanted.</summary>
    public T* Curvatures { get; private set; }

    /// <summary>Takes memory for the way there.</summary>
    /// <param name="arena">Memory of the batch.</param>
    /// <param name="curved">Whether <see cref="Curvatures"/> are wanted.</param>
    public void Begin(Arena<T> arena, bool curved = false)
    {
        var rows = batch.SupportRows + batch.QueryRows;
        Own = arena.Take((long)batch.Tasks.Count * width);
        Units = arena.Take((long)rows * width);
        Slopes = arena.Take(rows);
        SupportLosses = arena.Take(batch.SupportRows);
        Curvatures = curved ? arena.Take(batch.SupportRows) : null;
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(Arena<T> arena) => OwnAdjoint = arena.TakeZeros((long)batch.Tasks.Count * width);

    /// <summary>Losses, and slopes of losses, of a user's support.</summary>
    public void ForwardSupport(int user)
    {
        var rows = batch.SupportOf(user);
        Forward(user, rows);
        batch.ScoreSupports(loss, Slopes, SupportLosses, rows, Curvatures);
    }

    /// <summary>Scores and losses of a user's queries, and slopes of losses.</summary>
    public void ForwardQuery(int user)
    {
        var rows = batch.QueryOf(user);
        Forward(user, rows);
        batch.ScoreQueries(loss, Slopes + rows.First, Slopes + rows.First, rows.First - batch.SupportRows, rows.Count);
    }

    /// <summary>Derivatives of the objective by a user's query scores, in place of the slopes of the losses.</summary>
    /// <param name="user">The user.</param>
    /// <param name="scale">What the losses count beside their weights.</param>
    public void WeighQuery(int user, T scale)
    {
        var rows = batch.QueryOf(user);
        for (var i = rows.First; i < rows.First + rows.Count; i++)
        {
            Slopes[i] *= scale * batch.QueryWeights[i - batch.SupportRows];
        }
    }

    /// <summary>
    /// Derivatives by a user's support scores of the mean support loss times the user's weight, in place of the slopes of the
    /// losses; those by the fractions are added.
    /// </summary>
    public void WeighSupport(int user)
    {
        var rows = batch.SupportOf(user);
        for (var i = rows.First; i < rows.First + rows.Count; i++)
        {
            Slopes[i] *= batch.UserWeights[user] * batch.Fractions[i];
            batch.FractionAdjoint[i] += batch.UserWeights[user] * SupportLosses[i];
        }
    }

    /// <summary>Adjoints of the hidden layer of some rows of a user, whose sum is added to the user's own.</summary>
    /// <param name="user">The user.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="target">Receives them at the rows' places; may be <see cref="Units"/>.</param>
    public void Reverse(int user, RowRange rows, T* target)
    {
        var start = (long)rows.First * width;
        network.Reverse(Units + start, Slopes + rows.First, target + start, rows.Count);
        arithmetic.AddRows(null, target + start, OwnAdjoint + (long)user * width, rows.Count, width);
    }

    private void Forward(int user, RowRange rows)
    {
        var start = Units + (long)rows.First * width;
        for (var i = 0; i < rows.Count; i++)
        {
            var item = batch.ItemPart + (long)batch.Slots.Of[rows.First + i] * width;
            Arithmetic<T>.Copy(item, start + (long)i * width, width);
        }
        var own = Own + (long)user * width;
        arithmetic.Activate(Models.Activation.Relu, start, own, null, null, rows.Count, width);
        network.Score(start, Slopes + rows.First, rows.Count);
    }
}
