using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>Every user weighs one.</summary>
internal sealed class UniformUsers : IUserAdversary
{
    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> values, Span<double> weights) => weights.Fill(1);

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> values) { }

    public void EndEpoch(ReadOnlySpan<double> values) { }

    public double Worst(ReadOnlySpan<double> values) => Means.Of(values);
}
