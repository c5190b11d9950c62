using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>See <see cref="ItemMeanBaseline"/>.</summary>
public sealed class ItemMeanSpec : BaselineSpec
{
    /// <inheritdoc/>
    public override string Name => "itemMean";

    /// <inheritdoc/>
    public override string NewItems => "scored by the global mean";

    /// <summary>Pseudo-counts that pull an item's mean towards the global one.</summary>
    [Setting("pseudo-counts that pull an item's mean towards the global one", Min = 0, Max = 1e6)]
    public double Shrink { get; init; } = 5;

    /// <inheritdoc/>
    public override IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ItemMeanBaseline(source.Label, ItemStatistics.Of(source, train), Shrink);
    }
}
