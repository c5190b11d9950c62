using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>Matrix factorisation for ranking, new users folded in. See <see cref="Bpr"/>.</summary>
public sealed class BprSpec : BaselineSpec
{
    /// <inheritdoc/>
    public override string Name => "BPR";

    /// <inheritdoc/>
    public override string NewItems => "cannot score them; they get 0";

    /// <summary>Number of factors.</summary>
    [Setting("number of factors", Min = 1, Max = 1024, Low = 4, High = 64, IsLog = true)]
    public int Factors { get; init; } = 16;

    /// <summary>Step size.</summary>
    [Setting("step size", Min = 0, Max = 10, Low = 0.005, High = 0.5, IsLog = true)]
    public double StepSize { get; init; } = 0.05;

    /// <summary>Coefficient of the L2 penalty.</summary>
    [Setting("coefficient of the L2 penalty", Min = 0, Max = 10, Low = 1e-4, High = 0.1, IsLog = true)]
    public double Regularization { get; init; } = 0.01;

    /// <summary>Passes over the positives.</summary>
    [Setting("passes over the positives", Min = 1, Max = 10_000)]
    public int Rounds { get; init; } = 30;

    /// <summary>Whether negatives are drawn from the user's own observed ones where there are any.</summary>
    [Setting("whether negatives are the user's own observed ones where there are any; else any item not liked")]
    public bool ObservedNegatives { get; init; } = true;

    /// <inheritdoc/>
    public override IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        var batch = source.All(train);
        return Bpr.Fit(this, source, batch, seed);
    }
}
