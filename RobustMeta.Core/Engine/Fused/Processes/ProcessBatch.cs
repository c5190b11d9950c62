using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models.Layers;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>A batch in the memory of the core of neural processes: its supports are the contexts.</summary>
internal sealed unsafe class ProcessBatch<T> : BatchRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Place of each context interaction in the supports of the batch that was given; empty in evaluation.</summary>
    public int[] Places { get; private set; } = [];

    /// <summary>Whether losses and gradients are wanted.</summary>
    public bool IsTraining { get; set; }

    /// <summary>Encoded distinct items <c>[U, padded]</c>.</summary>
    public T* Items { get; set; }

    /// <summary>Encoded users <c>[B, padded]</c>.</summary>
    public T* Users { get; set; }

    /// <summary>What the bias offset leaves of each label, all rows.</summary>
    public T* Residuals { get; private set; }

    /// <summary>Scores of all rows, then the derivative of each loss by its score, then that of the objective.</summary>
    public T* Slopes { get; private set; }

    /// <summary>Losses of the context.</summary>
    public T* ContextLosses { get; private set; }

    /// <summary>Sum of the weights of each context <c>[B]</c>.</summary>
    public T* WeightSum { get; private set; }

    /// <summary>Derivative by the weight of each context interaction.</summary>
    public T* WeightAdjoint { get; private set; }

    /// <summary>Weights of the users.</summary>
    public T* UserWeights { get; private set; }

    /// <summary>Interactions of a user's query or context.</summary>
    public RowRange RowsOf(int user, bool isQuery) => isQuery ? QueryOf(user) : SupportOf(user);

    /// <summary>Interactions of the queries or contexts of some users.</summary>
    public RowRange RowsOf(Chunk users, bool isQuery) => isQuery ? QueryOf(users) : SupportOf(users);

    /// <summary>Draws the context of each user and gives the tasks with these as supports.</summary>
    public TaskBatch DrawContexts(
        TaskBatch tasks,
        ProcessDraws draws,
        (float Key, float Step) state,
        Action<int, Action<int, int>> share
    )
    {
        var contexts = new int[tasks.Count][];
        share(tasks.Count, (_, u) => contexts[u] = draws.Context(state, tasks.Users[u], tasks.SupportLength(u)));
        var starts = new int[tasks.Count + 1];
        for (var u = 0; u < tasks.Count; u++)
        {
            starts[u + 1] = starts[u] + contexts[u].Length;
        }
        Places = new int[starts[^1]];
        for (var u = 0; u < tasks.Count; u++)
        {
            for (var i = 0; i < contexts[u].Length; i++)
            {
                Places[starts[u] + i] = tasks.SupportStarts[u] + contexts[u][i];
            }
        }
        return tasks.WithSupport(ImmutableCollectionsMarshal.AsImmutableArray(starts), Places);
    }

    /// <summary>Takes memory for the way there.</summary>
    /// <param name="arena">Memory of the batch.</param>
    /// <param name="supportWeights">Weights of the supports of the batch that was given; empty for ones.</param>
    public void Begin(Arena<T> arena, ReadOnlySpan<T> supportWeights)
    {
        var rows = SupportRows + QueryRows;
        TakeSupportWeights(arena, []);
        for (var i = 0; i < SupportRows && !supportWeights.IsEmpty; i++)
        {
            SupportWeights[i] = supportWeights[Places[i]];
        }
        Residuals = arena.Take(rows);
        Slopes = arena.Take(rows);
        ContextLosses = arena.Take(SupportRows);
        WeightSum = arena.Take(Tasks.Count);
    }

    /// <summary>Takes memory for the way back, and the weights of the objective.</summary>
    public void BeginReverse(Arena<T> arena, ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        WeightAdjoint = arena.TakeZeros(SupportRows);
        QueryWeights = arena.Take(QueryRows);
        queryWeights.CopyTo(new(QueryWeights, QueryRows));
        UserWeights = arena.Take(Tasks.Count);
        userWeights.CopyTo(new(UserWeights, Tasks.Count));
    }

    /// <summary>Residuals of some users' rows, and the sums of their contexts' weights.</summary>
    public void TakeLabels(LossKernel<T> loss, Chunk users)
    {
        Residue(loss, SupportOf(users), Tasks.SupportLabels, Tasks.SupportOffset, 0);
        Residue(loss, QueryOf(users), Tasks.QueryLabels, Tasks.QueryOffset, SupportRows);
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            var (first, count) = SupportOf(u);
            WeightSum[u] = T.Zero;
            for (var i = first; i < first + count; i++)
            {
                WeightSum[u] += SupportWeights[i];
            }
        }
    }

    /// <summary>
    /// Derivatives of a user's part of the objective by its scores, in place of the slopes of the losses, and by the weights of its context
    /// as far as the fractions of context and query in the target depend on them.
    /// </summary>
    public void ReverseLosses(int user)
    {
        var ((first, count), (query, queries)) = (SupportOf(user), QueryOf(user));
        var size = WeightSum[user] + T.CreateChecked(queries);
        var fraction = T.CreateChecked(queries) / size;
        var ofQueries = T.Zero;
        for (var i = 0; i < queries; i++)
        {
            var q = query - SupportRows + i;
            ofQueries += QueryWeights[q] * Losses[q];
            Slopes[query + i] *= QueryWeights[q] * fraction;
        }
        var weight = UserWeights[user] / size;
        var ofContext = T.Zero;
        for (var i = first; i < first + count; i++)
        {
            ofContext += SupportWeights[i] * ContextLosses[i];
            Slopes[i] *= weight * SupportWeights[i];
        }
        var shared = (fraction * ofQueries + weight * ofContext) / size;
        for (var i = first; i < first + count; i++)
        {
            WeightAdjoint[i] += weight * ContextLosses[i] - shared;
        }
    }

    /// <summary>Writes the derivatives by the weights of some users' contexts to the places of the batch that was given.</summary>
    public void GiveWeightAdjoint(Chunk users)
    {
        var (first, count) = SupportOf(users);
        for (var i = first; i < first + count && SupportAdjoint.Length > 0; i++)
        {
            SupportAdjoint[Places[i]] = WeightAdjoint[i];
        }
    }

    private void Residue(
        LossKernel<T> loss,
        RowRange rows,
        ImmutableArray<float> labels,
        ImmutableArray<float> offsets,
        int start
    )
    {
        for (var row = rows.First; row < rows.First + rows.Count; row++)
        {
            var score = offsets.IsEmpty ? T.Zero : T.CreateTruncating(offsets[row - start]);
            Residuals[row] = loss.Residual(score, T.CreateTruncating(labels[row - start]));
        }
    }
}
