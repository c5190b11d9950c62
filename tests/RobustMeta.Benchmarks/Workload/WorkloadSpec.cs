using RobustMeta.Models;
using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Workload;

/// <summary>The dimensions of the synthetic tasks and of the model: what all contenders compute.</summary>
internal sealed record WorkloadSpec : ISpec
{
    [Setting("number of users (tasks)", Min = 1, Max = 10_000_000)]
    public int Users { get; init; } = 512;

    [Setting("users a batch", Min = 1, Max = 100_000)]
    public int Batch { get; init; } = 32;

    [Setting("shortest support set", Min = 1, Max = 100_000)]
    public int SupportMin { get; init; } = 13;

    [Setting("longest support set", Min = 1, Max = 100_000)]
    public int SupportMax { get; init; } = 90;

    [Setting(
        "power of a uniform number that lengths between the two follow: 1 is uniform, more is shorter",
        Min = 0.01,
        Max = 100
    )]
    public double SupportSkew { get; init; } = 1;

    [Setting("number of items that are interacted with", Min = 1, Max = SyntheticFields.Items)]
    public int Items { get; init; } = SyntheticFields.Items;

    [Setting(
        "power of a uniform number that items follow: 1 is uniform, more repeats the popular ones more often (see README)",
        Min = 1,
        Max = 100
    )]
    public double ItemSkew { get; init; } = 2;

    [Setting("query interactions a user", Min = 1, Max = 100_000)]
    public int Query { get; init; } = 10;

    [Setting("width of both hidden layers", Min = 1, Max = 4096)]
    public int Hidden { get; init; } = 64;

    [Setting("width of each of the eight embedded fields", Min = 1, Max = 4096)]
    public int EmbeddingDim { get; init; } = 32;

    [Setting("inner steps", Min = 0, Max = 100)]
    public int Steps { get; init; } = 1;

    [Setting("order of the meta-gradient: first or second")]
    public MetaGradientOrder Order { get; init; } = MetaGradientOrder.Second;

    [Setting("learning rate of the inner steps", Min = 0, Max = 100)]
    public double LocalLr { get; init; } = 0.05;

    [Setting("whether an Adam step follows every batch")]
    public bool Adam { get; init; }

    [Setting("learning rate of Adam", Min = 0, Max = 100)]
    public double AdamLr { get; init; } = 0.001;

    [Setting("seed of tasks and parameters")]
    public long Seed { get; init; } = 1;
}
