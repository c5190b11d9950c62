using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>EASE (Steck, WWW 2019). See <see cref="Ease"/>.</summary>
public sealed class EaseSpec : BaselineSpec
{
    /// <inheritdoc/>
    public override string Name => "EASE";

    /// <inheritdoc/>
    public override string NewItems =>
        "cannot score them; they keep the score of the bias model (residuals) or 0 (positives)";

    /// <summary>What it learns from.</summary>
    [Setting(
        "what is learned from: residuals of the bias model, or positives (implicit feedback); auto: positives of data without ratings"
    )]
    public SignalKind Signal { get; init; }

    /// <summary>Coefficient of the L2 penalty.</summary>
    [Setting("coefficient of the L2 penalty", Min = 1e-3, Max = 1e6, Low = 1, High = 10_000, IsLog = true)]
    public double Regularization { get; init; } = 100;

    /// <inheritdoc/>
    public override IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        var kind = Baselines.Signal.KindFor(source, Signal);
        var signal = new Signal(kind, source, new(source, train));
        var profiles = signal.Train(train);
        Ease.Estimate(profiles).RequireWithin(FitLimits.Current);
        var model = Ease.Fit(profiles, source.Ratings.Items.Count, Regularization);
        return new ProfilePredictor(Name, signal, model);
    }
}
