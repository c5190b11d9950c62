using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>See <see cref="RandomBaseline"/>.</summary>
public sealed class RandomSpec : BaselineSpec
{
    /// <inheritdoc/>
    public override string Name => "random";

    /// <inheritdoc/>
    public override string NewItems => "scored at random like all others";

    /// <inheritdoc/>
    public override IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new RandomBaseline(seed);
    }
}
