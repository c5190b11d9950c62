using System.Collections.Immutable;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Exposure to a list: every test user was shown the same items, and the support is what the user rated of them (at most as
/// many ratings as the split's support has). The axis is the fraction of the items that is hidden: 0 shows all and leaves supports
/// as they come. Lists are nested. Users who rated nothing shown are dropped and counted. See <see cref="ExposureDraw"/>.
/// </summary>
public sealed class ShownList : ExposureDraw
{
    /// <inheritdoc/>
    public override string Name => "shownList";

    /// <inheritdoc/>
    public override string Meaning =>
        "supports are what a user rated of a list shown to all; the axis is the fraction of the items that is hidden";

    /// <inheritdoc/>
    public override string AxisName => "hidden";

    /// <summary>Fractions of the items that are hidden, one test set each.</summary>
    [Setting("fractions of the items that are not shown, one test set each; 0 shows all", Min = 0, Max = 0.999)]
    public IReadOnlyList<double> Hidden { get; init; } = [0, 0.5, 0.8, 0.9];

    /// <summary>What the list shows.</summary>
    [Setting("items shown: those of most popularity, or a random choice")]
    public ShownBy ShownBy { get; init; }

    /// <inheritdoc/>
    protected override IReadOnlyList<double> Coordinates => Hidden;

    /// <inheritdoc/>
    protected override IDrawWeights Weights(ShiftInput input)
    {
        var ratings = input.Source.Ratings;
        double[] keys =
            ShownBy == ShownBy.Popularity
                ? [.. ItemPopularities.Logarithms(input.Source, input.Split.MetaTrain).Select(log => -log)]
                : [.. ratings.Items.Tokens.Select(item => (double)Seeds.Derive(input.Seed, "shown items", item))];
        // Place of each item on the list, from 0 for the first to nearly 1: hidden where it is not below 1 − fraction.
        var places = new double[keys.Length];
        foreach (var (place, item) in Enumerable.Range(0, keys.Length).OrderBy(item => keys[item]).Index())
        {
            places[item] = (double)place / keys.Length;
        }
        return new Listed(row => places[ratings.ItemIndex[row]]);
    }

    private sealed class Listed(Func<int, double> place) : IDrawWeights
    {
        public bool IsPaired => true;

        public DrawWeights Users(ImmutableArray<UserTask> tasks, double coordinate) =>
            DrawWeights.Uniform(tasks.Length);

        public DrawWeights Interactions(ImmutableArray<int> pool, double coordinate) =>
            DrawWeights.Uniform(pool.Length);

        public DrawWeights? Support(UserTask task, ImmutableArray<int> rated, double coordinate)
        {
            double[] places = [.. rated.Select(place)];
            return new(
                Array.ConvertAll(places, at => at < 1 - coordinate ? 0 : double.NegativeInfinity),
                Array.ConvertAll(places, at => -at)
            );
        }
    }
}
