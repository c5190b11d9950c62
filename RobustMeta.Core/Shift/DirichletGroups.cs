using System.Collections.Immutable;
using System.Globalization;
using MathNet.Numerics.Distributions;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// The proportions of user groups are drawn at random: proportion = own proportion × Dirichlet factor, with concentration
/// 1/b times the own proportions (Yurochkin et al. 2019, Hsu et al. 2019, there for clients of federated learning). b = 0 leaves
/// the proportions as they are; the larger b, the fewer groups make up a test set. Groups are fifths of the users by a property.
/// </summary>
public sealed class DirichletGroups : WeightedDraw
{
    /// <inheritdoc/>
    public override string Name => "dirichletGroups";

    /// <inheritdoc/>
    public override string Meaning => "proportions of user groups are drawn from a Dirichlet law of concentration 1/b";

    /// <inheritdoc/>
    public override string AxisName => "dispersion";

    /// <summary>Dispersions b, one test set each.</summary>
    [Setting(
        "dispersions b of the groups' proportions, one test set each; 0 leaves them as they are",
        Min = 0,
        Max = 100
    )]
    public IReadOnlyList<double> Dispersions { get; init; } = [0, 0.1, 0.5, 2, 10];

    /// <summary>Number of groups.</summary>
    [Setting("number of user groups of equal size, by the property", Min = 2, Max = 100)]
    public int ShiftGroups { get; init; } = 5;

    /// <summary>By what users are grouped.</summary>
    [Setting("users are grouped by: niche taste, activity, positiveRate, rating or hardness")]
    public UserShiftProperty UserShift { get; init; } = UserShiftProperty.Activity;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> Coordinates => Dispersions;

    /// <inheritdoc/>
    protected override IDrawWeights Weights(ShiftInput input)
    {
        if (UserShift == UserShiftProperty.Feature)
        {
            throw new SettingException(
                "userShift is feature, and shift dirichletGroups has no setting that names one: choose niche, activity, "
                    + "positiveRate, rating or hardness, or take shift featureGroups, whose userGroup names a feature."
            );
        }
        return new ByGroup(
            input,
            ShiftGroups,
            new(input.Source, input.Split.MetaTrain, UserShift, InteractionShiftProperty.None)
        );
    }

    private sealed class ByGroup(ShiftInput input, int groups, ShiftProperties properties) : IDrawWeights
    {
        public DrawWeights Users(ImmutableArray<UserTask> tasks, double coordinate)
        {
            double[] property = [.. tasks.Select(properties.User)];
            // Ranks, so that groups have equal sizes; ties go by the users' places.
            var order = Enumerable.Range(0, property.Length).OrderBy(i => property[i]).ToArray();
            var groupOf = new int[property.Length];
            for (var rank = 0; rank < order.Length; rank++)
            {
                groupOf[order[rank]] = (int)((long)rank * groups / order.Length);
            }
            var factors = Factors(coordinate);
            return new(Array.ConvertAll(groupOf, g => factors[g]), property);
        }

        public DrawWeights Interactions(ImmutableArray<int> pool, double coordinate) =>
            DrawWeights.Uniform(pool.Length);

        // Logarithms of the drawn proportions over the own ones.
        private double[] Factors(double dispersion)
        {
            if (dispersion == 0)
            {
                return new double[groups];
            }
            var random = Seeds.Generator(
                input.Seed,
                "group proportions",
                dispersion.ToString("R", CultureInfo.InvariantCulture)
            );
            var gammas = new double[groups];
            for (var g = 0; g < groups; g++)
            {
                // A gamma of small shape underflows to zero: such a group has next to no weight.
                gammas[g] = Math.Log(Math.Max(Gamma.Sample(random, 1 / (dispersion * groups), 1), 1e-300));
            }
            return gammas;
        }
    }
}
