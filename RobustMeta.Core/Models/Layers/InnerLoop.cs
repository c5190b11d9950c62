using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// Adaptation by gradient steps on the support loss (Finn et al., ICML 2017, algorithm 1), for all users of a batch at
/// once. Pure: takes and returns values, changes none.
/// </summary>
/// <param name="spec">Number, length and order of the steps.</param>
/// <param name="loss">The support loss.</param>
public sealed class InnerLoop(GradientAdaptedSpec spec, SupportLoss loss)
{
    // Held, since the scalar of an implicit conversion may be collected while native code still reads it.
    // Made when first used: a model is described without libtorch.
    private readonly Lazy<Scalar> localRate = new(() => HeldNumbers.Of(spec.LocalLr));

    /// <summary>What the loop can do with support weights.</summary>
    public SupportWeighting SupportWeighting =>
        spec.Order == MetaGradientOrder.Second || spec.InnerSteps == 0
            ? SupportWeighting.Differentiable
            : SupportWeighting.Constant;

    /// <summary>
    /// A copy of a parameter for every user (a view, no memory), <c>[B, …]</c>. User b's loss depends on copy b alone, so
    /// the gradient of the sum over users is the stack of the users' gradients, in one call.
    /// </summary>
    public static Tensor PerUser(Tensor parameter, int users) =>
        Adaptable(parameter.unsqueeze(0).expand([users, .. parameter.shape]));

    /// <summary>Values that the loop may start from, of every user's own: requiring gradients, in evaluation too.</summary>
    public static Tensor Adaptable(Tensor own) => own.requires_grad ? own : own.requires_grad_();

    /// <summary>The fast parameters after the last step.</summary>
    /// <param name="initial">Where they start, each <c>[B, …]</c> and requiring gradients.</param>
    /// <param name="rates">A rate for every value, in the shapes without B; null for the same rate everywhere.</param>
    /// <param name="supportScores">Scores of the support <c>[B, S]</c> under fast parameters.</param>
    /// <param name="batch">The tasks.</param>
    /// <param name="differentiable">Whether the result is to be differentiated with respect to meta-parameters.</param>
    public IReadOnlyList<Tensor> Adapt(
        IReadOnlyList<Tensor> initial,
        IReadOnlyList<Tensor>? rates,
        Func<IReadOnlyList<Tensor>, Tensor> supportScores,
        TaskTensors batch,
        bool differentiable
    )
    {
        var steps = initial.Count == 0 ? 0 : spec.InnerSteps;
        var exact = differentiable && spec.Order == MetaGradientOrder.Second;
        var fast = initial.ToList();
        for (var step = 0; step < steps; step++)
        {
            var total = loss.PerUser(supportScores(fast), batch).sum();
            var gradients = autograd.grad([total], fast, retain_graph: true, create_graph: exact);
            for (var i = 0; i < fast.Count; i++)
            {
                var move = rates is null ? gradients[i] * localRate.Value : gradients[i] * rates[i];
                fast[i] = differentiable ? fast[i] - move : (fast[i] - move).detach().requires_grad_();
            }
        }
        return fast;
    }
}
