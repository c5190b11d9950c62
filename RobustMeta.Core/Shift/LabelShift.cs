using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// The balance of labels shifts and nothing else: a relevant query interaction is drawn exp(β) times as readily as another
/// (prior shift, Saerens et al., Neural Computation 2002). Users are drawn alike.
/// </summary>
public sealed class LabelShift : WeightedDraw
{
    /// <inheritdoc/>
    public override string Name => "labelShift";

    /// <inheritdoc/>
    public override string Meaning => "relevant query interactions are drawn exp(β) times as readily as others";

    /// <inheritdoc/>
    public override string AxisName => "logOdds";

    /// <summary>Logarithms of the odds β, one test set each.</summary>
    [Setting("log odds of drawing a relevant interaction rather than another, one test set each", Min = -10, Max = 10)]
    public IReadOnlyList<double> LogOdds { get; init; } = [-2, -1, 0, 1, 2];

    /// <inheritdoc/>
    protected override IReadOnlyList<double> Coordinates => LogOdds;

    /// <inheritdoc/>
    protected override IDrawWeights Weights(ShiftInput input) => new ByLabel(input.Source);

    private sealed class ByLabel(TaskSource source) : IDrawWeights
    {
        public DrawWeights Users(ImmutableArray<UserTask> tasks, double coordinate) =>
            DrawWeights.Uniform(tasks.Length);

        public DrawWeights Interactions(ImmutableArray<int> pool, double coordinate) =>
            DrawWeights.Tilted([.. pool.Select(row => source.IsRelevant(row) ? 1.0 : 0.0)], coordinate);
    }
}
