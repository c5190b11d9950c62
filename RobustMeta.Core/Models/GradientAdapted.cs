using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// A meta-recommender that adapts some of its parameters by gradient steps on the support loss (Finn et al., ICML
/// 2017). Owns the inner loop; a model says which parameters are adapted and how they score.
/// </summary>
/// <param name="inner">The inner loop.</param>
public abstract class GradientAdapted(GradientAdaptedSpec inner) : MetaRecommender
{
    // Held, since the scalar of an implicit conversion may be collected while native code still reads it.
    private readonly Scalar localRate = inner.LocalLr;

    /// <summary>The inner loop.</summary>
    public GradientAdaptedSpec Inner { get; } = inner;

    /// <summary>Names of the adapted (fast) parameters, in the order of <see cref="Score"/>'s argument.</summary>
    protected abstract ImmutableArray<string> AdaptedNames { get; }

    /// <summary>Inputs of both sides, <c>[B, S, D]</c> and <c>[B, Q, D]</c>, from the parameters that stay slow.</summary>
    protected abstract (Tensor Support, Tensor Query) Embed(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch
    );

    /// <summary>Scores <c>[B, L]</c> of inputs <c>[B, L, D]</c> under fast parameters with a leading user axis.</summary>
    protected abstract Tensor Score(IReadOnlyList<Tensor> fast, Tensor inputs);

    /// <inheritdoc/>
    public sealed override Tensor Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        bool differentiable
    )
    {
        var (support, query) = Embed(theta, batch);
        // One copy of the fast parameters a user (views, no memory): user b's support loss depends on copy b alone,
        // so the gradient of the sum over users is the stack of the users' gradients, in one call.
        var fast = AdaptedNames.Select(name => PerUser(theta[name], batch.Batch.Count, differentiable)).ToList();
        var exact = differentiable && Inner.Order == MetaGradientOrder.Second;
        var inputs = exact ? support : support.detach();
        for (var step = 0; step < Inner.InnerSteps; step++)
        {
            var loss = SupportLoss(Score(fast, inputs), batch);
            var gradients = autograd.grad([loss], fast, retain_graph: true, create_graph: exact);
            for (var i = 0; i < fast.Count; i++)
            {
                fast[i] = fast[i] - gradients[i] * localRate;
            }
        }
        var scores = Score(fast, query);
        return differentiable ? scores : scores.detach();
    }

    // Σ_u Σ_j a_uj ℓ_uj / Σ_j a_uj: the mask is applied in the graph, so padding has no gradient.
    private Tensor SupportLoss(Tensor scores, TaskTensors batch)
    {
        var losses = Losses.Of(Label, scores + batch.Support.Base, batch.Support.Labels);
        var weights = batch.SupportWeights * batch.Support.Mask;
        return ((losses * weights).sum(1) / weights.sum(1)).sum();
    }

    private static Tensor PerUser(Tensor parameter, int users, bool differentiable)
    {
        long[] shape = [users, .. parameter.shape];
        return differentiable
            ? parameter.unsqueeze(0).expand(shape)
            : parameter.detach().unsqueeze(0).expand(shape).requires_grad_();
    }
}
