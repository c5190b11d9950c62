using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Labels of the supports are wrong with a given probability, those of the queries right: how much a model trusts the few
/// ratings of a cold user. A wrong click is flipped; a wrong rating is that of a random other interaction. Test users are drawn
/// as without a shift, and the supports of a larger fraction hold the errors of a smaller one.
/// </summary>
public sealed class LabelNoise : FixedSets
{
    /// <inheritdoc/>
    public override string Name => "labelNoise";

    /// <inheritdoc/>
    public override string Meaning => "a fraction of the support labels is wrong; query labels are right";

    /// <inheritdoc/>
    public override string AxisName => "noise";

    /// <summary>Fractions of wrong support labels, one test set each.</summary>
    [Setting("fractions of wrong support labels, one test set each", Min = 0, Max = 1)]
    public IReadOnlyList<double> Noise { get; init; } = [0, 0.1, 0.2, 0.3, 0.5];

    /// <inheritdoc/>
    protected override IReadOnlyList<FixedSet> Candidates(ShiftInput input) =>
        [
            .. Noise.Select(noise => new FixedSet(noise, input.Split.Test)
            {
                Source = WithWrongLabels(input, noise),
                Interactions = Lost(input, noise),
            }),
        ];

    // KL(right ‖ shown) of a support label given the right one: −ln(1 − noise), the direction that is finite. Shrunk as if one
    // more label were right, so that it stays finite for labels that are all wrong.
    private static Divergence Lost(ShiftInput input, double noise)
    {
        double labels = input.Split.Test.Sum(task => task.Support.Length);
        return new(-Math.Log(1 - noise * labels / (labels + 1)), 1, noise);
    }

    private static TaskSource WithWrongLabels(ShiftInput input, double noise)
    {
        var wrong = new Dictionary<int, float>();
        var ratings = input.Source.Ratings;
        foreach (var task in input.Split.Test)
        {
            var random = Seeds.Generator(input.Seed, "label noise", ratings.Users[task.User]);
            foreach (var row in task.Support)
            {
                var isWrong = random.NextDouble() < noise;
                var other = random.Next(ratings.Count);
                if (isWrong)
                {
                    wrong[row] =
                        input.Source.Label == LabelKind.Click
                            ? 1 - input.Source.LabelOf(row)
                            : input.Source.LabelOf(other);
                }
            }
        }
        return input.Source.WithSupportLabels(wrong);
    }
}
