using RobustMeta.Benchmarks.Workload;
using RobustMeta.Models;

namespace RobustMeta.Benchmarks.Measurement;

/// <summary>
/// The arithmetic that the meta-gradient needs, whoever computes it: the matrix products of the user-split form, two
/// operations a multiply-add, padding, biases and nonlinearities not counted. Item inputs I, user inputs U, both hidden
/// widths H, support n, query q, k inner steps:
/// <list type="bullet">
/// <item>forward, a row: F = I·H + H·H + H; its backward pass to the weights: B = I·H + 2·H·H + 2·H;</item>
/// <item>inner steps: k·n·(F + B); query: q·(F + B + I·H), its last term being the gradient of the inputs;</item>
/// <item>second order adds k·n·(4·I·H + 6·H·H + 6·H) + k·U·H: the Hessian-vector product and the inputs' gradient;</item>
/// <item>the user's half of the first layer, once a user: 4·U·H.</item>
/// </list>
/// </summary>
internal static class UsefulFlops
{
    /// <summary>Mean over the users of a workload.</summary>
    public static double PerUser(SyntheticWorkload workload)
    {
        var spec = workload.Spec;
        double items = workload.Schema.ItemWidth;
        double users = workload.Schema.UserWidth;
        double hidden = spec.Hidden;
        var support = workload.MeanSupport;
        var forward = items * hidden + hidden * hidden + hidden;
        var backward = items * hidden + 2 * hidden * hidden + 2 * hidden;
        var products =
            spec.Steps * support * (forward + backward)
            + spec.Query * (forward + backward + items * hidden)
            + 4 * users * hidden;
        if (spec.Order == MetaGradientOrder.Second)
        {
            products +=
                spec.Steps * (support * (4 * items * hidden + 6 * hidden * hidden + 6 * hidden) + users * hidden);
        }
        return 2 * products;
    }
}
