using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Serving;

/// <summary>What is measured of a process that serves a run.</summary>
internal sealed record ServingSpec : ISpec
{
    /// <summary>The run.</summary>
    [Setting("folder of a finished run")]
    public string Run { get; init; } = "";

    /// <summary>Number of users who are served one after the other.</summary>
    [Setting("users who are served one after the other", Min = 10, Max = 100_000_000)]
    public int Adaptations { get; init; } = 10_000;

    /// <summary>Ratings of a user.</summary>
    [Setting("ratings of a user", Min = 1, Max = 10_000)]
    public int Ratings { get; init; } = 15;

    /// <summary>Items that are scored for a user.</summary>
    [Setting("items that are scored for a user", Min = 1, Max = 100_000)]
    public int Candidates { get; init; } = 100;

    /// <summary>Whether the model is computed by TorchSharp.</summary>
    [Setting("whether the model is computed by automatic differentiation on libtorch instead of its fused form")]
    public bool Torch { get; init; }
}
