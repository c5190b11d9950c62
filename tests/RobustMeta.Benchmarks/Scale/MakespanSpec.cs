using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Scale;

/// <summary>How the time of a study of equal runs depends on the number of its workers.</summary>
internal sealed record MakespanSpec : ISpec
{
    [Setting("number of runs", Min = 1, Max = 100_000)]
    public int Runs { get; init; } = 64;

    [Setting("numbers of workers", Min = 1, Max = 1024)]
    public IReadOnlyList<double> Workers { get; init; } = [1, 2];

    [Setting("engine that starts them: local or parallel")]
    public string Engine { get; init; } = "local";

    [Setting("epochs of a run, which make it longer", Min = 1, Max = 100_000)]
    public int Epochs { get; init; } = 100;

    [Setting("rounds", Min = 1, Max = 1000)]
    public int Rounds { get; init; } = 3;

    [Setting("the program")]
    public string Program { get; init; } = "RobustMeta.Scripts/bin/Release/net10.0/RobustMeta.Scripts.dll";
}
