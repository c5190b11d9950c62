using RobustMeta.Benchmarks.Workload;
using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.SideBySide;

/// <summary>How the fused engine is measured against automatic differentiation, model by model.</summary>
internal sealed record ModelsSpec : ISpec
{
    /// <summary>The tasks; widths of the models are their own defaults, but for <c>embeddingDim</c>.</summary>
    public WorkloadSpec Workload { get; init; } = new();

    [Setting("models that both engines compute, by name")]
    public IReadOnlyList<string> Models { get; init; } = ["MeLU", "MetaRidge", "LWA", "NLBA", "TaNP"];

    [Setting("rounds; each engine runs once a model and round, in alternating order", Min = 1, Max = 1000)]
    public int Rounds { get; init; } = 7;

    [Setting("seconds of CPU time of one run; at least one pass over the users is made", Min = 0, Max = 3600)]
    public double Seconds { get; init; } = 1;
}
