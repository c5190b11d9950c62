using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Scale;

/// <summary>How long the plan of a large study takes, and its status over as many results.</summary>
internal sealed record StoreSpec : ISpec
{
    [Setting("number of runs, about", Min = 800, Max = 10_000_000)]
    public int Runs { get; init; } = 150_000;

    [Setting("folder of the made store, which is deleted afterwards")]
    public string Folder { get; init; } = "results/store";
}
