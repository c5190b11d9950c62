using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Priors;

/// <summary>What MetaPMF's priors cost: their start, folding in a user, memory.</summary>
internal sealed record PriorsSpec : ISpec
{
    [Setting("the data set")]
    public string Dataset { get; init; } = "ml-100k";

    [Setting("largest number of users that are taken", Min = 20, Max = 100_000_000)]
    public int UserNum { get; init; } = 1_000_000;

    [Setting("the priors: plain, exposure, auto, safe, of users and items alike (items of safe: exposure)")]
    public IReadOnlyList<string> Priors { get; init; } = ["plain", "exposure", "auto", "safe"];

    [Setting("rounds; each measures every prior in a process of its own", Min = 1, Max = 1000)]
    public int Rounds { get; init; } = 5;

    [Setting("threads of the start; 0 = one a processor", Min = 0, Max = 1024)]
    public int Threads { get; init; }

    [Setting("how often all test users are folded in, on one thread", Min = 1, Max = 1000)]
    public int Folds { get; init; } = 5;
}
