using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>See <see cref="PopularityBaseline"/>.</summary>
public sealed class PopularitySpec : BaselineSpec
{
    /// <inheritdoc/>
    public override string Name => "popularity";

    /// <inheritdoc/>
    public override string NewItems => "score 0, the least popular";

    /// <inheritdoc/>
    public override IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed) =>
        new PopularityBaseline(ItemStatistics.Of(source, train));
}
