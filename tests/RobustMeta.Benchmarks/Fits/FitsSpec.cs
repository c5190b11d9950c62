using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Fits;

/// <summary>How the fits of EASE, iALS and ItemKNN are measured beside NumPy and SciPy.</summary>
internal sealed record FitsSpec : ISpec
{
    [Setting("users of the made-up data", Min = 2, Max = 1_000_000)]
    public int Users { get; init; } = 6000;

    [Setting("items", Min = 2, Max = 100_000)]
    public int Items { get; init; } = 3700;

    [Setting("ratings of a user, on average", Min = 1, Max = 10_000)]
    public int Ratings { get; init; } = 160;

    [Setting("factors of iALS", Min = 1, Max = 1024)]
    public int Factors { get; init; } = 16;

    [Setting("rounds of iALS", Min = 1, Max = 1000)]
    public int AlsRounds { get; init; } = 15;

    [Setting("rounds; each contender fits once a round, in alternating order", Min = 1, Max = 1000)]
    public int Rounds { get; init; } = 5;

    [Setting("threads of each contender", Min = 1, Max = 1024)]
    public int Threads { get; init; } = 2;

    [Setting("Python interpreter, with NumPy and SciPy")]
    public string Python { get; init; } = "/usr/bin/python3";

    [Setting("largest difference between our scores and the peer's that is taken for rounding", Min = 0, Max = 1)]
    public double Tolerance { get; init; } = 1e-4;
}
