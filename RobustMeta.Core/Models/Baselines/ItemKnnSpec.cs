using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>Neighbourhood of items (Sarwar et al., WWW 2001). See <see cref="ItemKnn"/>.</summary>
public sealed class ItemKnnSpec : BaselineSpec
{
    /// <inheritdoc/>
    public override string Name => "ItemKNN";

    /// <inheritdoc/>
    public override string NewItems =>
        "cannot score them; they keep the score of the bias model (residuals) or 0 (positives)";

    /// <summary>What it learns from.</summary>
    [Setting(
        "what is learned from: residuals of the bias model, or positives (implicit feedback); auto: positives of data without ratings"
    )]
    public SignalKind Signal { get; init; }

    /// <summary>Number of neighbours.</summary>
    [Setting("number of most similar profile items that count", Min = 1, Max = 100_000)]
    public int Neighbours { get; init; } = 50;

    /// <summary>Shrinkage of similarities.</summary>
    [Setting("shrinkage of similarities and of their weighted mean", Min = 0, Max = 1e6)]
    public double Shrink { get; init; } = 10;

    /// <inheritdoc/>
    public override IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        var kind = Baselines.Signal.KindFor(source, Signal);
        var signal = new Signal(kind, source, new(source, train));
        var profiles = signal.Train(train);
        ItemKnn.Estimate(profiles).RequireWithin(FitLimits.Current);
        return new ProfilePredictor(Name, signal, ItemKnn.Fit(profiles, source.Ratings.Items.Count, this, kind));
    }
}
