using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Scale;

/// <summary>How long the plan of a large study takes, and its status over as many results.</summary>
internal sealed record StoreSpec : ISpec
{
    [Setting("number of runs, about", Min = 800, Max = 10_000_000)]
    public int Runs { get; init; } = 150_000;

    [Setting("folder of the made store")]
    public string Folder { get; init; } = "results/store";

    [Setting(
        "whether the store stays, for commands on it (store.toml is its study file), and one that is there is measured"
    )]
    public bool Keep { get; init; }
}
