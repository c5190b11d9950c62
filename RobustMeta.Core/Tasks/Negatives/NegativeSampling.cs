using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Tasks;

/// <summary>
/// Draws negatives for data without ratings: items that a user has no row of, which join the user's rows with value 0 (He
/// et al., Neural Collaborative Filtering, WWW 2017, section 4.1). They are drawn once, before tasks are made, so that
/// supports and queries of all parts hold them, and none is a positive of its user in any part.
/// </summary>
public static class NegativeSampling
{
    /// <summary>Negatives for each positive where the data need them and nothing else is said.</summary>
    public const double Usual = 4;

    /// <summary>The data set with negatives, where its feedback has none; otherwise as it is.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="perPositive">Negatives for each row of a user; NaN takes <see cref="Usual"/> where they are needed.</param>
    /// <param name="popularity">Exponent a of the popularity that draws are proportional to; 0 is uniform.</param>
    /// <param name="seed">Same seed, same negatives; those of a user do not depend on the order of rows.</param>
    /// <exception cref="SettingException">
    /// The data set has ratings, and negatives are asked for; or fewer than none are.
    /// </exception>
    public static Dataset Complete(Dataset dataset, double perPositive, double popularity, long seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.Feedback == FeedbackKind.Explicit)
        {
            return double.IsNaN(perPositive) && popularity == 0
                ? dataset
                : throw new SettingException(
                    $"'{dataset.Ratings.Name}' has ratings, so negatives and negativePopularity have no effect: remove them, "
                        + "or state feedback = \"positives\" or \"counts\" in the catalog."
                );
        }
        var each = double.IsNaN(perPositive) ? Usual : perPositive;
        if (each < 0)
        {
            throw new SettingException(
                FormattableString.Invariant($"negatives is {each}; expected a number of at least 0.")
            );
        }
        return each == 0 ? dataset : dataset with { Ratings = Draw(dataset.Ratings, each, popularity, seed) };
    }

    /// <summary>Ratings with negatives behind the rows that are there.</summary>
    /// <param name="ratings">The positives.</param>
    /// <param name="perPositive">Negatives for each row of a user, at most as many as there are other items.</param>
    /// <param name="popularity">Exponent of the popularity; 0 is uniform over the items that anyone has a row of.</param>
    /// <param name="seed">Same seed, same negatives.</param>
    public static Ratings Draw(Ratings ratings, double perPositive, double popularity, long seed)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        var pool = new ItemPool(ratings, popularity);
        var users = ImmutableArray.CreateBuilder<int>();
        var items = ImmutableArray.CreateBuilder<int>();
        var times = ImmutableArray.CreateBuilder<long>();
        for (var user = 0; user < ratings.Users.Count; user++)
        {
            var own = new HashSet<int>();
            foreach (var row in ratings.RowsOf(user))
            {
                own.Add(ratings.ItemIndex[row]);
            }
            var random = Seeds.Generator(seed, "negatives", ratings.Users[user]);
            var rows = ratings.RowsOf(user);
            foreach (var item in pool.Draw(own, (int)Math.Round(perPositive * own.Count), random))
            {
                // The times of the user's rows in turn, so that a cut in time finds both kinds on either side.
                if (!ratings.Times.IsEmpty)
                {
                    times.Add(ratings.Times[rows[times.Count % rows.Length]]);
                }
                users.Add(user);
                items.Add(item);
            }
        }
        ImmutableArray<float> values = [.. new float[users.Count]];
        return ratings.With(users.DrainToImmutable(), items.DrainToImmutable(), values, times.DrainToImmutable());
    }
}
