using RobustMeta.Benchmarks.Workload;
using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.SideBySide;

/// <summary>How the fused engine is measured against automatic differentiation and PyTorch, model by model.</summary>
internal sealed record ModelsSpec : ISpec
{
    /// <summary>The tasks; widths of the models are their own defaults, but for <c>embeddingDim</c>.</summary>
    public WorkloadSpec Workload { get; init; } = new();

    [Setting("models that both engines compute, by name")]
    public IReadOnlyList<string> Models { get; init; } =
    ["MeLU", "MAML", "MAMO", "MetaRidge", "MetaPMF", "LWA", "NLBA", "TaNP", "MetaEmb", "MWUF"];

    [Setting(
        "threads of a second fused engine, whose users a second are compared with those of one thread",
        Min = 1,
        Max = 1024
    )]
    public int Threads { get; init; } = 2;

    [Setting("whether PyTorch takes part, for the models that a peer is written for")]
    public bool Peers { get; init; } = true;

    [Setting("the Python interpreter that has PyTorch")]
    public string Python { get; init; } = "/usr/bin/python3";

    [Setting("kernel for OpenBLAS: auto (by the processor), none (OpenBLAS's own choice), or e.g. Haswell, SkylakeX")]
    public string CoreType { get; init; } = "auto";

    [Setting(
        "largest relative deviation of a peer's loss and gradients from the fused engine's, in double precision",
        Min = 0,
        Max = 1
    )]
    public double Tolerance { get; init; } = 1e-6;

    [Setting("whether peers are only compared, and nothing is measured")]
    public bool CheckOnly { get; init; }

    [Setting("seconds of running before the first round", Min = 0, Max = 3600)]
    public double Warmup { get; init; } = 2;

    [Setting("rounds; each engine runs once a model and round, in alternating order", Min = 1, Max = 1000)]
    public int Rounds { get; init; } = 7;

    [Setting("seconds of one run; at least one pass over the users is made", Min = 0, Max = 3600)]
    public double Seconds { get; init; } = 1;
}
