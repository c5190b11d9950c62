using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// A global pool of vectors with soft assignment by Student's t kernel of the squared distance (Lin et al., WWW 2021,
/// equations 8 and 9; Xie et al., ICML 2016).
/// </summary>
/// <param name="degrees">Degrees of freedom τ.</param>
public sealed class StudentPool(double degrees)
{
    // Made where they are first used: the fused engine takes a model's form without libtorch.
    private readonly Lazy<Scalar> inverse = new(() => HeldNumbers.Of(1 / degrees));
    private readonly Lazy<Scalar> power = new(() => HeldNumbers.Of(-(degrees + 1) / 2));

    /// <summary>Assignment of each task to each vector, <c>[B, k]</c>; rows sum to one.</summary>
    /// <param name="tasks">Task embeddings <c>[B, E]</c>.</param>
    /// <param name="pool">The pool <c>[k, E]</c>.</param>
    public Tensor Assign(Tensor tasks, Tensor pool)
    {
        var squares = (tasks.unsqueeze(1) - pool.unsqueeze(0)).Squared().sum(2);
        var kernel = (squares * inverse.Value).Plus(HeldNumbers.One).pow(power.Value);
        return kernel / kernel.sum(1, keepdim: true);
    }

    /// <summary>
    /// How far assignments are from their own sharpened target D, <c>KL(D ‖ C)</c> per task on average. The target counts
    /// as constant, as in deep embedded clustering.
    /// </summary>
    /// <param name="assignment">C, <c>[B, k]</c>.</param>
    public static Tensor ClusteringLoss(Tensor assignment)
    {
        var constant = assignment.detach();
        var sharpened = constant.Squared() / constant.sum(0, keepdim: true);
        var target = sharpened / sharpened.sum(1, keepdim: true);
        return (target * (target.log() - assignment.log())).sum(1).mean();
    }
}
