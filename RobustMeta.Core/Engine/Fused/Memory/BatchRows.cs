using System.Numerics;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// A batch as every core holds it: its tasks, their distinct items, and what goes in and out for each interaction. Rows
/// (interactions) are numbered support first, then query. Keeps its arrays from batch to batch.
/// </summary>
internal unsafe class BatchRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The tasks.</summary>
    public required TaskBatch Tasks { get; set; }

    /// <summary>Number of support interactions.</summary>
    public int SupportRows => Tasks.SupportItems.Length;

    /// <summary>Number of query interactions.</summary>
    public int QueryRows => Tasks.QueryItems.Length;

    /// <summary>Distinct items of the batch and where their rows are.</summary>
    public ItemSlots Slots { get; } = new();

    /// <summary>Loss of each query interaction.</summary>
    public T[] Losses { get; private set; } = [];

    /// <summary>Scores of the query interactions.</summary>
    public T[] Scores { get; private set; } = [];

    /// <summary>Weight of each support interaction, see <see cref="TakeSupportWeights"/>.</summary>
    public T* SupportWeights { get; private set; }

    /// <summary>Weight of each query loss.</summary>
    public T* QueryWeights { get; set; }

    /// <summary>Adjoint of each support weight; empty where the batch has none.</summary>
    public T[] SupportAdjoint { get; private set; } = [];

    /// <summary>Takes a batch with so many support weights (0 for uniform ones).</summary>
    public void Fill(TaskBatch tasks, int supportWeights)
    {
        Tasks = tasks;
        Slots.Fill(tasks);
        if (Losses.Length < QueryRows)
        {
            Losses = new T[QueryRows + QueryRows / 2];
            Scores = new T[Losses.Length];
        }
        if (SupportAdjoint.Length != supportWeights)
        {
            SupportAdjoint = new T[supportWeights];
        }
        Array.Clear(SupportAdjoint);
    }

    /// <summary>Interactions of a user's support.</summary>
    public RowRange SupportOf(int user) => new(Tasks.SupportStarts[user], Tasks.SupportLength(user));

    /// <summary>Interactions of a user's query.</summary>
    public RowRange QueryOf(int user) => new(SupportRows + Tasks.QueryStarts[user], Tasks.QueryLength(user));

    /// <summary>Interactions of the supports of some users.</summary>
    public RowRange SupportOf(Chunk users) =>
        new(
            Tasks.SupportStarts[users.FirstUser],
            Tasks.SupportStarts[users.EndUser] - Tasks.SupportStarts[users.FirstUser]
        );

    /// <summary>Interactions of the queries of some users.</summary>
    public RowRange QueryOf(Chunk users) =>
        new(
            SupportRows + Tasks.QueryStarts[users.FirstUser],
            Tasks.QueryStarts[users.EndUser] - Tasks.QueryStarts[users.FirstUser]
        );

    /// <summary>Refuses negative weights of support interactions, for solutions that need them to be 0 or more.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="solution">What needs it, for the message.</param>
    /// <exception cref="ArgumentException">One is negative.</exception>
    public static void RequireWeights(ReadOnlySpan<T> weights, string solution)
    {
        foreach (var weight in weights)
        {
            if (weight < T.Zero)
            {
                throw new ArgumentException(
                    $"A support weight is {weight}; {solution} expects weights of 0 or more. Project the weights first."
                );
            }
        }
    }

    /// <summary>Copies the weights of the support interactions; ones where there are none.</summary>
    public void TakeSupportWeights(Arena<T> arena, ReadOnlySpan<T> weights)
    {
        SupportWeights = arena.Take(SupportRows);
        var own = new Span<T>(SupportWeights, SupportRows);
        if (weights.IsEmpty)
        {
            own.Fill(T.One);
            return;
        }
        weights.CopyTo(own);
    }

    /// <summary>Losses of some supports, and their slopes in place of the scores.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="slopes">What the model adds to the bias offset of each row; receives the slopes.</param>
    /// <param name="losses">Receives the losses.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="curvatures">Receives the losses' second derivatives by the scores; null where they are not wanted.</param>
    public void ScoreSupports(LossKernel<T> loss, T* slopes, T* losses, RowRange rows, T* curvatures = null)
    {
        for (var i = rows.First; i < rows.First + rows.Count; i++)
        {
            var score = slopes[i] + (Tasks.SupportOffset.IsEmpty ? T.Zero : T.CreateTruncating(Tasks.SupportOffset[i]));
            var label = T.CreateTruncating(Tasks.SupportLabels[i]);
            losses[i] = loss.Loss(score, label);
            slopes[i] = loss.Slope(score, label);
            if (curvatures is not null)
            {
                curvatures[i] = loss.Curvature(score);
            }
        }
    }

    /// <summary>Scores with their bias offset, losses and the losses' slopes of some queries.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="scores">What the model adds to the bias offsets.</param>
    /// <param name="slopes">Receives the slopes.</param>
    /// <param name="first">First query.</param>
    /// <param name="count">Number of queries.</param>
    public void ScoreQueries(LossKernel<T> loss, T* scores, T* slopes, int first, int count)
    {
        var labels = Tasks.QueryLabels.AsSpan();
        var offsets = Tasks.QueryOffset.AsSpan();
        for (var i = 0; i < count; i++)
        {
            var score = scores[i] + (offsets.IsEmpty ? T.Zero : T.CreateTruncating(offsets[first + i]));
            var label = T.CreateTruncating(labels[first + i]);
            Scores[first + i] = score;
            Losses[first + i] = loss.Loss(score, label);
            slopes[i] = loss.Slope(score, label);
        }
    }
}
