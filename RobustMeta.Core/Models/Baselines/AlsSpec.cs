using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>Matrix factorisation by alternating least squares, new users folded in. See <see cref="Als"/>.</summary>
public sealed class AlsSpec : BaselineSpec
{
    /// <inheritdoc/>
    public override string Name => "iALS";

    /// <inheritdoc/>
    public override string NewItems =>
        "cannot score them; they keep the score of the bias model (residuals) or 0 (positives)";

    /// <summary>What it learns from.</summary>
    [Setting(
        "what is learned from: residuals of the bias model, or positives (implicit feedback); auto: positives of data without ratings"
    )]
    public SignalKind Signal { get; init; }

    /// <summary>Number of factors.</summary>
    [Setting("number of factors", Min = 1, Max = 1024, Low = 4, High = 64, IsLog = true)]
    public int Factors { get; init; } = 16;

    /// <summary>Coefficient of the L2 penalty on each factor vector.</summary>
    [Setting(
        "coefficient of the L2 penalty on each factor vector",
        Min = 1e-6,
        Max = 1e6,
        Low = 0.1,
        High = 100,
        IsLog = true
    )]
    public double Regularization { get; init; } = 5;

    /// <summary>Weight of an observed positive beyond that of every cell (α of the paper).</summary>
    [Setting("weight of a positive beyond that of every cell (positives only)", Min = 0, Max = 1e6)]
    public double Confidence { get; init; } = 10;

    /// <summary>Rounds over users and items.</summary>
    [Setting("rounds over users and items", Min = 1, Max = 1000)]
    public int Rounds { get; init; } = 15;

    private AlsSpec On(SignalKind kind) =>
        new()
        {
            Signal = kind,
            Factors = Factors,
            Regularization = Regularization,
            Confidence = Confidence,
            Rounds = Rounds,
        };

    /// <inheritdoc/>
    public override IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        var kind = Baselines.Signal.KindFor(source, Signal);
        var signal = new Signal(kind, source, new(source, train));
        var profiles = signal.Train(train);
        Als.Estimate(this, profiles, source.Ratings.Items.Count).RequireWithin(FitLimits.Current);
        var model = Als.Fit(On(kind), profiles, source.Ratings.Items.Count, seed);
        return new ProfilePredictor(Name, signal, model);
    }
}
