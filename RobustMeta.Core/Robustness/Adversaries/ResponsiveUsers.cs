using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// The best response among the users of each batch (batch estimator of Levy et al., NeurIPS 2020). With the capped simplex
/// this is DR-MAML's two stages (Wang et al., NeurIPS 2023): keep the worst fraction of the tasks, at weight 1/α.
/// </summary>
internal sealed class ResponsiveUsers(SetResponse response) : IUserAdversary
{
    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> values, Span<double> weights) =>
        response.Respond(values, weights);

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> values) { }

    public void EndEpoch(ReadOnlySpan<double> values) { }

    public double Worst(ReadOnlySpan<double> values) => response.Worst(values);
}
