using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Overhead;

/// <summary>How the cost of robust weights is measured: a training by each preset in turn with a plain one.</summary>
internal sealed record OverheadSpec : ISpec
{
    [Setting("training users of the synthetic world", Min = 100, Max = 10_000_000)]
    public int Users { get; init; } = 20_000;

    [Setting("presets; all: every one that trains a single model")]
    public IReadOnlyList<string> Presets { get; init; } = ["all"];

    [Setting("epochs of a training; the first warms up and is not counted", Min = 2, Max = 1000)]
    public int Epochs { get; init; } = 4;

    [Setting("steps of a turn: a preset and plain training do so many by turns", Min = 1, Max = 100_000)]
    public int Steps { get; init; } = 10;

    [Setting("rounds; in each, every preset trains in turn with a plain training", Min = 1, Max = 1000)]
    public int Rounds { get; init; } = 3;

    [Setting("settings of the run, as name=value with blanks between")]
    public string Settings { get; init; } =
        "hiddenDim1=32 hiddenDim2=32 batchSize=20 localLr=0.1 optimizer=adam lr=0.003 metrics=NDCG@10";
}
