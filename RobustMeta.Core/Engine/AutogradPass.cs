using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using RobustMeta.Models;
using RobustMeta.Models.Layers;
using RobustMeta.Runtime;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Engine;

/// <summary>
/// One batch under automatic differentiation: its parts on the threads of a pool, and what they say put together in the
/// order of the parts, so that the result does not depend on the number of threads.
/// </summary>
/// <typeparam name="T">Number type of the parameters.</typeparam>
/// <param name="model">The model.</param>
/// <param name="phase">The phase of training.</param>
/// <param name="batch">The tasks.</param>
/// <param name="cut">Places of the users of each part (see <see cref="BatchCut"/>).</param>
/// <param name="pool">The threads.</param>
internal sealed class AutogradPass<T>(
    MetaRecommender model,
    TrainingPhase phase,
    TaskBatch batch,
    ImmutableArray<int[]> cut,
    WorkerPool pool
) : IDisposable
    where T : unmanaged
{
    private readonly ImmutableArray<AutogradPart<T>> parts =
    [
        .. cut.Select(places => new AutogradPart<T>(batch, places)),
    ];

    private bool isWeighted;

    /// <summary>Losses of the query interactions of the batch.</summary>
    /// <param name="theta">Parameters by name; those that the phase learns require gradients.</param>
    /// <param name="supportWeights">Weights of the support interactions, or empty.</param>
    public T[] Forward(IReadOnlyDictionary<string, Tensor> theta, ReadOnlySpan<float> supportWeights)
    {
        var losses = new T[batch.QueryItems.Length];
        var weights = supportWeights.ToArray();
        isWeighted = weights.Length > 0;
        Run(pool, parts.Length, i => parts[i].Forward(model, theta, phase, weights, losses));
        return losses;
    }

    /// <summary>
    /// The gradient with respect to each of <paramref name="learned"/> as the gradients of the parts, in their order and
    /// without those that are zero, to be summed; the new state; and the gradient of support weights, empty without any.
    /// The tensors live until the dispose scope of the caller ends, or this is disposed of.
    /// </summary>
    /// <param name="constants">Parameters and state by name, none of which requires gradients.</param>
    /// <param name="learned">With respect to what.</param>
    /// <param name="queryWeights">One weight per query interaction.</param>
    /// <param name="userWeights">One weight per user.</param>
    public (
        ImmutableArray<ImmutableArray<Tensor>> Gradients,
        IReadOnlyDictionary<string, Tensor> State,
        T[] Support
    ) Backward(
        IReadOnlyDictionary<string, Tensor> constants,
        IReadOnlyList<Tensor> learned,
        ReadOnlySpan<float> queryWeights,
        ReadOnlySpan<float> userWeights
    )
    {
        var (terms, slopes) = Together(constants);
        var (ofQuery, ofUsers) = (queryWeights.ToArray(), userWeights.ToArray());
        var support = isWeighted ? new T[batch.SupportItems.Length] : [];
        Run(pool, parts.Length, i => parts[i].Backward(learned, ofQuery, ofUsers, slopes, support));
        return (
            [
                .. Enumerable
                    .Range(0, learned.Count)
                    .Select(p => parts.Select(part => part.Gradients[p]).OfType<Tensor>().ToImmutableArray()),
            ],
            terms.State,
            support
        );
    }

    /// <summary>Scores of the query interactions of a batch in evaluation.</summary>
    public static T[] Predict(
        MetaRecommender model,
        IReadOnlyDictionary<string, Tensor> constants,
        TaskBatch batch,
        ImmutableArray<int[]> cut,
        WorkerPool pool
    )
    {
        var scores = new T[batch.QueryItems.Length];
        Run(pool, cut.Length, i => new AutogradPart<T>(batch, cut[i]).Predict(model, constants, scores));
        return scores;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in parts)
        {
            part.Dispose();
        }
    }

    // The terms of the batch as a whole, and the derivative of its loss with respect to what the users handed in: the
    // chain rule at the place where the users meet, so that the parts can be differentiated on their own.
    private (BatchTerms Terms, IReadOnlyList<Tensor?> Slopes) Together(IReadOnlyDictionary<string, Tensor> constants)
    {
        var order = cut.SelectMany(places => places).ToArray();
        var place = new long[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            place[order[i]] = i;
        }
        var shared = parts[0]
            .Shared.Select(
                (first, i) =>
                {
                    var rows = cat([.. parts.Select(part => part.Shared[i].detach())], 0)
                        .index_select(0, Aligned.Of(place));
                    return first.requires_grad ? rows.requires_grad_() : rows;
                }
            )
            .ToList();
        var terms = model.Together(constants, shared, phase);
        var slopes = new Tensor?[shared.Count];
        if (terms.Loss is { requires_grad: true } loss)
        {
            var free = Enumerable.Range(0, shared.Count).Where(i => shared[i].requires_grad).ToArray();
            var gradients = autograd.grad([loss], [.. free.Select(i => shared[i])], allow_unused: true);
            for (var i = 0; i < free.Length; i++)
            {
                slopes[free[i]] = gradients[i] is { IsInvalid: false } slope ? slope : null;
            }
        }
        return (terms, slopes);
    }

    // An error of a model comes out as it was thrown, on whichever thread that was.
    private static void Run(WorkerPool pool, int count, Action<int> piece)
    {
        ExceptionDispatchInfo? failure = null;
        pool.Run(
            count,
            (_, i) =>
            {
                try
                {
                    TorchThread.Enter();
                    piece(i);
                }
                catch (Exception exception)
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
                }
            }
        );
        failure?.Throw();
    }
}
