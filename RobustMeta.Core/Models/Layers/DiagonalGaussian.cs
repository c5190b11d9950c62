using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>Normal distributions with independent dimensions, one a task.</summary>
/// <param name="Mean">Means <c>[B, Z]</c>.</param>
/// <param name="LogVariance">Logarithms of the variances <c>[B, Z]</c>.</param>
public sealed record DiagonalGaussian(Tensor Mean, Tensor LogVariance)
{
    /// <summary>A draw, differentiable in mean and variance (Kingma and Welling, ICLR 2014).</summary>
    /// <param name="noise">Standard normal numbers <c>[B, Z]</c>.</param>
    public Tensor Draw(Tensor noise) => Mean.Plus((LogVariance * HeldNumbers.Half).exp() * noise);

    /// <summary>KL(this ‖ other), summed over dimensions, <c>[B]</c>.</summary>
    public Tensor DivergenceFrom(DiagonalGaussian other)
    {
        var ratio = (LogVariance - other.LogVariance).exp();
        var distance = (Mean - other.Mean).Squared() / other.LogVariance.exp();
        return (ratio.Plus(distance) - HeldNumbers.One - LogVariance).Plus(other.LogVariance).sum(1) * HeldNumbers.Half;
    }
}
