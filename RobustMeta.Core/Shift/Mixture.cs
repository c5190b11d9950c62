using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Test users and interactions from a mixture of the test data as they are and a shifted pool: weights
/// (1 − b)/n + b q with q ∝ exp(tilt · z), z a standardised property (Huber's contamination model).
/// </summary>
public sealed class Mixture : TiltedDraw
{
    /// <inheritdoc/>
    public override string Name => "mixture";

    /// <inheritdoc/>
    public override string Meaning => "a fraction b of the draws comes from a pool that is tilted by exp(tilt z)";

    /// <inheritdoc/>
    public override string AxisName => "fraction";

    /// <summary>Fractions b that come from the shifted pool, one test set each.</summary>
    [Setting("fractions that come from the shifted pool, one test set each", Min = 0, Max = 1)]
    public IReadOnlyList<double> Fractions { get; init; } = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>How far the shifted pool is tilted.</summary>
    [Setting("tilt of the shifted pool: its weights are exp(tilt z)", Min = -10, Max = 10)]
    public double PoolTilt { get; init; } = 2;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> Coordinates => Fractions;

    /// <inheritdoc/>
    protected override IDrawWeights Weights(ShiftInput input)
    {
        RequireUse(InteractionShift);
        return new Mixed(PoolTilt, Properties(input, InteractionShift));
    }

    private sealed class Mixed(double tilt, ShiftProperties properties) : IDrawWeights
    {
        public DrawWeights Users(ImmutableArray<UserTask> tasks, double coordinate) =>
            Mix([.. tasks.Select(properties.User)], coordinate);

        public DrawWeights Interactions(ImmutableArray<int> pool, double coordinate) =>
            Mix([.. pool.Select(properties.Interaction)], coordinate);

        private DrawWeights Mix(double[] property, double fraction)
        {
            // Properties are clipped to ±3: exponentials do not overflow.
            var total = property.Sum(z => Math.Exp(tilt * z));
            return new(
                Array.ConvertAll(
                    property,
                    z => Math.Log((1 - fraction) / property.Length + fraction * Math.Exp(tilt * z) / total)
                ),
                property
            );
        }
    }
}
