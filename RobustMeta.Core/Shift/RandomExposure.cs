using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Exposure at random: supports are drawn ∝ 1 / propensity^b from what a user rated, where the propensity of an item is how
/// readily this user comes upon it, by a walk from the other rated items over the training users who rated them (the walk
/// P³ of Cooper et al., WWW 2014). b = 1 takes away what the choice says of the user, as a randomised list does
/// (inverse propensity, Schnabel et al., ICML 2016); b = 0 leaves supports as they come. See <see cref="ExposureDraw"/>.
/// </summary>
public sealed class RandomExposure : ExposureDraw
{
    /// <inheritdoc/>
    public override string Name => "randomExposure";

    /// <inheritdoc/>
    public override string Meaning =>
        "supports are drawn ∝ 1/propensity^b from the rated items: 0 as users chose, 1 as if shown at random";

    /// <inheritdoc/>
    public override string AxisName => "power";

    /// <summary>Powers b, one test set each.</summary>
    [Setting(
        "powers b of 1/propensity that supports are drawn by, one test set each; 1: as if shown at random",
        Min = 0,
        Max = 10
    )]
    public IReadOnlyList<double> PropensityPowers { get; init; } = [0, 0.5, 1, 1.5, 2];

    /// <inheritdoc/>
    protected override IReadOnlyList<double> Coordinates => PropensityPowers;

    /// <inheritdoc/>
    protected override IDrawWeights Weights(ShiftInput input)
    {
        var walk = new Walk(input.Source.Ratings, input.Split.MetaTrain);
        return new SupportDraw((_, rated) => walk.NegativeLogarithms(rated));
    }

    // A walk item → training user → item, by what the training tasks hold.
    private sealed class Walk
    {
        // Propensity of an item that no training user rated with another of the user's, in walks.
        private const double Least = 1e-3;

        private readonly ImmutableArray<int> itemOf;
        private readonly List<int>[] usersOf;
        private readonly double[] lengths;

        public Walk(Ratings ratings, ImmutableArray<UserTask> train)
        {
            itemOf = ratings.ItemIndex;
            usersOf = [.. Enumerable.Range(0, ratings.Items.Count).Select(_ => new List<int>())];
            lengths = new double[train.Length];
            for (var place = 0; place < train.Length; place++)
            {
                foreach (var row in train[place].Support.Concat(train[place].Query))
                {
                    usersOf[itemOf[row]].Add(place);
                    lengths[place]++;
                }
            }
        }

        public double[] NegativeLogarithms(ImmutableArray<int> rated)
        {
            // Probability that a random walk, from one of the rated items drawn uniformly, is at each training user.
            var at = new double[lengths.Length];
            foreach (var users in rated.Select(row => usersOf[itemOf[row]]))
            {
                foreach (var user in users)
                {
                    at[user] += 1.0 / users.Count;
                }
            }
            return [.. rated.Select(row => -Math.Log(Reach(usersOf[itemOf[row]]) + Least))];

            // Walks that begin at the item itself do not count.
            double Reach(List<int> users) =>
                users.Sum(user => Math.Max(0, at[user] - 1.0 / users.Count) / lengths[user]);
        }
    }
}
