using RobustMeta.Benchmarks.Workload;
using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Scaling;

/// <summary>How the engines' speed is followed along one dimension at a time; an empty list leaves one out.</summary>
internal sealed record ScalingSpec : ISpec
{
    /// <summary>The dimensions that stay.</summary>
    public WorkloadSpec Workload { get; init; } = new();

    [Setting("engines, by key; none takes all that do not pad")]
    public IReadOnlyList<string> Engines { get; init; } = [];

    [Setting("numbers of users", Min = 1, Max = 10_000_000)]
    public IReadOnlyList<double> UserCounts { get; init; } = [1e3, 1e4, 1e5, 1e6];

    [Setting("lengths of all supports", Min = 1, Max = 100_000)]
    public IReadOnlyList<double> Supports { get; init; } = [5, 10, 20, 50, 100, 200];

    [Setting("widths of the hidden layers", Min = 1, Max = 4096)]
    public IReadOnlyList<double> Widths { get; init; } = [16, 32, 64, 128, 256];

    [Setting("numbers of inner steps", Min = 0, Max = 100)]
    public IReadOnlyList<double> StepCounts { get; init; } = [1, 2, 5, 10];

    [Setting("rounds", Min = 1, Max = 1000)]
    public int Rounds { get; init; } = 5;

    [Setting("seconds of one run, about; at least one pass over the users is made", Min = 0, Max = 3600)]
    public double Seconds { get; init; } = 1;

    [Setting("seconds of running before the first round", Min = 0, Max = 3600)]
    public double Warmup { get; init; } = 2;

    [Setting("file for the tables; empty for none")]
    public string Output { get; init; } = "results/benchmark_scaling.md";
}
