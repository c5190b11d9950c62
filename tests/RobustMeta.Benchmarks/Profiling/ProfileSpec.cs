using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Profiling;

/// <summary>How the processor time of a whole command is divided into phases.</summary>
internal sealed record ProfileSpec : ISpec
{
    [Setting("the command, without its folder")]
    public string Command { get; init; } = "run MeLU dataset ml-1m";

    [Setting("samples a second of processor time", Min = 10, Max = 20_000)]
    public int Frequency { get; init; } = 1999;

    [Setting("how many functions are listed", Min = 0, Max = 1000)]
    public int Functions { get; init; } = 12;

    [Setting("the sampler of Linux")]
    public string Perf { get; init; } = "perf";

    [Setting("the program")]
    public string Program { get; init; } = "RobustMeta.Scripts/bin/Release/net10.0/RobustMeta.Scripts.dll";
}
