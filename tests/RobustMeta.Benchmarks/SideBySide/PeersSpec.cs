using RobustMeta.Benchmarks.Workload;
using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.SideBySide;

/// <summary>How the side-by-side measurement is done.</summary>
internal sealed record PeersSpec : ISpec
{
    /// <summary>What is computed.</summary>
    public WorkloadSpec Workload { get; init; } = new();

    [Setting("contenders to run, by key; none runs all")]
    public IReadOnlyList<string> Only { get; init; } = [];

    [Setting("rounds; each contender runs once a round, in alternating order", Min = 1, Max = 1000)]
    public int Rounds { get; init; } = 7;

    [Setting("seconds of one run, about; at least one pass over the users is made", Min = 0, Max = 3600)]
    public double Seconds { get; init; } = 2;

    [Setting("seconds of running before the first round", Min = 0, Max = 3600)]
    public double Warmup { get; init; } = 3;

    [Setting("largest relative deviation of losses and gradients", Min = 0, Max = 1)]
    public double Tolerance { get; init; } = 1e-4;

    [Setting("whether only losses and gradients are compared")]
    public bool CheckOnly { get; init; }

    [Setting("the Python interpreter that has PyTorch")]
    public string Python { get; init; } = "/usr/bin/python3";

    [Setting("kernel for OpenBLAS: auto (by the processor), none (OpenBLAS's own choice), or e.g. Haswell, SkylakeX")]
    public string CoreType { get; init; } = "auto";

    [Setting("embedding look-ups of the per-user loop: perBatch (faster) or perUser (as in public code)")]
    public string Lookup { get; init; } = "perBatch";

    [Setting("file for the tables; empty for none")]
    public string Output { get; init; } = "results/benchmark_peers.md";
}
