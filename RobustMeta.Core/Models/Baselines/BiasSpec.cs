using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>See <see cref="BiasPredictor"/>.</summary>
public sealed class BiasSpec : BaselineSpec
{
    /// <inheritdoc/>
    public override string Name => "bias";

    /// <inheritdoc/>
    public override string NewItems => "scored by the user's effect on top of the global mean";

    /// <inheritdoc/>
    public override IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed) =>
        new BiasPredictor(new(source, train));
}
