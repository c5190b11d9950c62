using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Reading;

/// <summary>A made-up file of ratings that is read by several readers.</summary>
internal sealed record ReadersSpec : ISpec
{
    [Setting("rows of the file", Min = 1, Max = 1_000_000_000)]
    public int Rows { get; init; } = 2_000_000;

    [Setting("users", Min = 1, Max = 100_000_000)]
    public int Users { get; init; } = 20_000;

    [Setting("items", Min = 1, Max = 100_000_000)]
    public int Items { get; init; } = 10_000;

    [Setting("rounds", Min = 1, Max = 100)]
    public int Rounds { get; init; } = 5;

    [Setting("file for the table; empty for none")]
    public string Output { get; init; } = "results/benchmark_readers.md";
}
