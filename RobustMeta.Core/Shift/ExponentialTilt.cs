using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Test sets of growing shift by exponential tilting: test users are drawn with probability ∝ exp(β z_u), and each
/// one's query interactions from its pool ∝ exp(β z_uj), where z are standardised properties; β = 0 draws as the test users
/// come. Supports stay as they are unless <see cref="SupportShift"/> asks for others.
/// </summary>
public sealed class ExponentialTilt : TiltedDraw
{
    /// <inheritdoc/>
    public override string Name => "exponentialTilt";

    /// <inheritdoc/>
    public override string Meaning =>
        "users and interactions are drawn ∝ exp(β z), z a standardised property such as niche taste or rarity";

    /// <inheritdoc/>
    public override string AxisName => "beta";

    /// <summary>Strength of each test set, numbered from 0 in this order.</summary>
    [Setting("strengths of the shift, one test set each, numbered from 0", Min = -10, Max = 10)]
    public IReadOnlyList<double> Betas { get; init; } = [-2, -1, 0, 1, 2];

    /// <summary>Along what supports are shifted.</summary>
    [Setting("supports are drawn anew, towards what interactionShift names; none leaves them as they are")]
    public InteractionShiftProperty SupportShift { get; init; } = InteractionShiftProperty.None;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> Coordinates => Betas;

    /// <inheritdoc/>
    protected override IDrawWeights Weights(ShiftInput input)
    {
        RequireUse(InteractionShift, SupportShift);
        return new Tilt(
            Properties(input, InteractionShift),
            SupportShift == InteractionShiftProperty.None ? null : Properties(input, SupportShift)
        );
    }

    private sealed class Tilt(ShiftProperties properties, ShiftProperties? ofSupport) : IDrawWeights
    {
        public DrawWeights Users(ImmutableArray<UserTask> tasks, double coordinate) =>
            DrawWeights.Tilted([.. tasks.Select(properties.User)], coordinate);

        public DrawWeights Interactions(ImmutableArray<int> pool, double coordinate) =>
            DrawWeights.Tilted([.. pool.Select(properties.Interaction)], coordinate);

        public DrawWeights? Support(UserTask task, ImmutableArray<int> rated, double coordinate) =>
            ofSupport is null ? null : DrawWeights.Tilted([.. rated.Select(ofSupport.Interaction)], coordinate);
    }
}
