using RobustMeta.Models.Layers;
using RobustMeta.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Engine;

/// <summary>
/// The smallest meta-gradient that tells a second-order library from a first-order one, with its value known by hand:
/// ŷ = θx, squared error, θ = 0.5, support (2, 3), query (1.5, 1), one step of 0.1.
/// </summary>
public static class SecondOrderCheck
{
    /// <summary>The derivative by hand: (1 − 0.1 · 2 · 2²) · 2.85 = 0.57; first order would give 2.85.</summary>
    public const double Expected = 0.57;

    /// <summary>The derivative as libtorch computes it, in double precision.</summary>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded.</exception>
    public static double Compute()
    {
        NativeLibraries.EnsureLoaded();
        using var scope = NewDisposeScope();
        var theta = tensor(0.5, float64).requires_grad_();
        var gradient = autograd.grad([Loss(theta, 2, 3)], [theta], retain_graph: true, create_graph: true)[0];
        var adapted = theta - gradient * tensor(0.1, float64);
        Loss(adapted, 1.5, 1).backward();
        return theta.grad!.item<double>();
    }

    private static Tensor Loss(Tensor theta, double x, double y) =>
        (theta * tensor(x, float64) - tensor(y, float64)).Squared();
}
