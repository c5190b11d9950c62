using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>Every interaction weighs one.</summary>
internal sealed class UniformInteractions : IInteractionAdversary
{
    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public bool RespondsExactly => true;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> losses, Span<double> weights) => weights.Fill(1);

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> losses) { }

    public void EndEpoch(ReadOnlySpan<double> losses) { }

    public double Worst(ReadOnlySpan<double> losses) => Means.Of(losses);
}
