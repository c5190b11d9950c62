using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Query interactions drawn ∝ popularity^−b. Items come into test data as often as they are popular, so b = 0 leaves the
/// popularity of the test data as it is, b = 1 makes it uniform over items, and more turns it round (the intervened test sets
/// of DICE, Zheng et al., WWW 2021). Users are drawn alike.
/// </summary>
public sealed class PopularityPower : WeightedDraw
{
    /// <inheritdoc/>
    public override string Name => "popularityPower";

    /// <inheritdoc/>
    public override string Meaning =>
        "query interactions are drawn ∝ popularity^−b: 0 as they come, 1 uniform over items";

    /// <inheritdoc/>
    public override string AxisName => "power";

    /// <summary>Powers b, one test set each.</summary>
    [Setting("powers b of 1/popularity, one test set each; 1 makes items equally likely", Min = -10, Max = 10)]
    public IReadOnlyList<double> Powers { get; init; } = [0, 0.5, 1, 1.5, 2];

    /// <inheritdoc/>
    protected override IReadOnlyList<double> Coordinates => Powers;

    /// <inheritdoc/>
    protected override IDrawWeights Weights(ShiftInput input) => new Powered(input);

    private sealed class Powered(ShiftInput input) : IDrawWeights
    {
        private readonly ImmutableArray<double> logPopularity = ItemPopularities.Logarithms(
            input.Source,
            input.Split.MetaTrain
        );

        public DrawWeights Users(ImmutableArray<UserTask> tasks, double coordinate) =>
            DrawWeights.Uniform(tasks.Length);

        public DrawWeights Interactions(ImmutableArray<int> pool, double coordinate) =>
            DrawWeights.Tilted(
                [.. pool.Select(row => -logPopularity[input.Source.Ratings.ItemIndex[row]])],
                coordinate
            );
    }
}
