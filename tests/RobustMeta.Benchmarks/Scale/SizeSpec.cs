using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Scale;

/// <summary>How large one run can be: made ratings, prepared, trained, measured and saved, each phase timed.</summary>
internal sealed record SizeSpec : ISpec
{
    [Setting("number of users", Min = 100, Max = 100_000_000)]
    public int Users { get; init; } = 1_000_000;

    [Setting("number of items", Min = 10, Max = 10_000_000)]
    public int Items { get; init; } = 20_000;

    [Setting("mean number of ratings of a user", Min = 30, Max = 10_000)]
    public int RatingsOfUser { get; init; } = 100;

    [Setting("the model")]
    public string Method { get; init; } = "MeLU";

    [Setting("settings of the run, as name=value with blanks between")]
    public string Settings { get; init; } =
        "levels=none epoch=1 batchSize=256 userNum=10000000 testFraction=0.02 validationFraction=0.02 baselines=none shiftDraws=1 userShift=none interactionShift=none betas=0";

    [Setting("folder of the run")]
    public string Folder { get; init; } = "results/size";
}
