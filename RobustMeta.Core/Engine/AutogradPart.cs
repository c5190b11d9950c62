using System.Collections.Immutable;
using System.Runtime.InteropServices;
using RobustMeta.Models;
using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Engine;

/// <summary>
/// A part of a batch under automatic differentiation, from its forward to its backward pass. Each pass may run on any
/// thread, with a dispose scope of its own: between them only the results below and their graph are kept.
/// </summary>
/// <typeparam name="T">Number type of the parameters.</typeparam>
/// <param name="whole">The batch.</param>
/// <param name="places">The places in it of the part's users.</param>
internal sealed class AutogradPart<T>(TaskBatch whole, int[] places) : IDisposable
    where T : unmanaged
{
    private static readonly ScalarType Precision = typeof(T) == typeof(float) ? ScalarType.Float32 : ScalarType.Float64;

    private readonly List<Tensor> kept = [];
    private Tensor? queryLosses;
    private Tensor? userLosses;
    private Tensor? support;

    /// <summary>The places of the part's users in the batch.</summary>
    public int[] Places => places;

    /// <summary>After the forward pass: what the users hand in to the batch.</summary>
    public ImmutableArray<Tensor> Shared { get; private set; } = [];

    /// <summary>After the backward pass: gradients of what is learned, in its order; null for zero.</summary>
    public IReadOnlyList<Tensor?> Gradients { get; private set; } = [];

    /// <summary>Adapts, and writes the losses of the query interactions to their places in the batch.</summary>
    public void Forward(
        MetaRecommender model,
        IReadOnlyDictionary<string, Tensor> theta,
        TrainingPhase phase,
        float[] supportWeights,
        T[] losses
    )
    {
        using var scope = NewDisposeScope();
        var batch = TaskTensors.Of(whole.Part(places), Precision);
        if (supportWeights.Length > 0)
        {
            support = Keep(Pad(supportWeights, whole.SupportStarts, batch.Support.Length).requires_grad_());
            batch.SupportWeights = support;
        }
        var prediction = model.Predict(theta, batch, phase);
        var own = Losses.Of(
            model.Label,
            ScoresOf(model, prediction, batch).Plus(batch.Query.Offset),
            batch.Query.Labels
        );
        Unpad(own, whole.QueryStarts, losses);
        queryLosses = Keep(prediction.QueryLoss is { } queryLoss ? own.Plus(queryLoss) : own);
        userLosses = prediction.UserLoss is { } userLoss ? Keep(userLoss) : null;
        Shared = [.. prediction.Shared.Select(Keep)];
    }

    /// <summary>Differentiates, and writes the gradients of support weights to their places in the batch.</summary>
    /// <param name="learned">With respect to what.</param>
    /// <param name="queryWeights">Weights of the query interactions of the batch.</param>
    /// <param name="userWeights">Weights of its users.</param>
    /// <param name="sharedGradients">
    /// Derivative of the batch's own loss with respect to the rows of <see cref="Shared"/> of all its users; null for zero.
    /// </param>
    /// <param name="supportGradient">Empty if there are no support weights.</param>
    public void Backward(
        IReadOnlyList<Tensor> learned,
        float[] queryWeights,
        float[] userWeights,
        IReadOnlyList<Tensor?> sharedGradients,
        T[] supportGradient
    )
    {
        using var scope = NewDisposeScope();
        var losses = queryLosses!;
        var objective = (losses * Pad(queryWeights, whole.QueryStarts, (int)losses.shape[1])).sum();
        if (userLosses is not null)
        {
            var weights = Aligned.Of([.. places.Select(u => userWeights[u])], Precision, places.Length);
            objective = objective.Plus((userLosses * weights).sum());
        }
        for (var i = 0; i < Shared.Length; i++)
        {
            if (sharedGradients[i] is { } gradient)
            {
                var rows = gradient.index_select(0, Aligned.Of([.. places.Select(u => (long)u)]));
                objective = objective.Plus((Shared[i] * rows).sum());
            }
        }
        if (!objective.requires_grad)
        {
            Gradients = new Tensor?[learned.Count];
            return;
        }
        IList<Tensor> inputs = support is null ? [.. learned] : [.. learned, support];
        var gradients = autograd.grad([objective], inputs, allow_unused: true);
        Gradients =
        [
            .. gradients.Take(learned.Count).Select(gradient => IsZero(gradient) ? null : Keep(gradient.contiguous())),
        ];
        if (support is not null && gradients[^1] is var last && !IsZero(last))
        {
            Unpad(last, whole.SupportStarts, supportGradient);
        }
    }

    /// <summary>Scores of the part's query interactions, at their places in the batch.</summary>
    public void Predict(MetaRecommender model, IReadOnlyDictionary<string, Tensor> theta, T[] scores)
    {
        using var scope = NewDisposeScope();
        var batch = TaskTensors.Of(whole.Part(places), Precision);
        var prediction = model.Predict(theta, batch, training: null);
        Unpad(ScoresOf(model, prediction, batch).Plus(batch.Query.Offset), whole.QueryStarts, scores);
    }

    // A model of another's may answer in another shape, which sums would broadcast or refuse deep in libtorch.
    private static Tensor ScoresOf(MetaRecommender model, Prediction prediction, TaskTensors batch)
    {
        var (found, expected) = (prediction.Scores.shape, batch.Query.Labels.shape);
        return found.SequenceEqual(expected)
            ? prediction.Scores
            : throw new InvalidOperationException(
                $"The model {model.Name} scores in the shape [{string.Join(", ", found)}]; expected "
                    + $"[{string.Join(", ", expected)}], a row a user and a column a query item."
            );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in kept)
        {
            tensor.Dispose();
        }
        kept.Clear();
    }

    // What is not reached by the objective has an undefined gradient.
    private static bool IsZero(Tensor? gradient) => gradient is null || gradient.IsInvalid;

    private Tensor Keep(Tensor tensor)
    {
        kept.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    private void Unpad(Tensor padded, ImmutableArray<int> starts, T[] flat)
    {
        var length = (int)padded.shape[1];
        var values = MemoryMarshal.Cast<byte, T>(padded.detach().contiguous().bytes);
        for (var b = 0; b < places.Length; b++)
        {
            var (start, end) = (starts[places[b]], starts[places[b] + 1]);
            values.Slice(b * length, end - start).CopyTo(flat.AsSpan(start));
        }
    }

    private Tensor Pad(float[] flat, ImmutableArray<int> starts, int length)
    {
        var padded = new float[places.Length * length];
        for (var b = 0; b < places.Length; b++)
        {
            flat.AsSpan(starts[places[b]]..starts[places[b] + 1]).CopyTo(padded.AsSpan(b * length));
        }
        return Aligned.Of(padded, Precision, places.Length, length);
    }
}
