using RobustMeta.Data;

namespace RobustMeta.Experiments;

/// <summary>The smallest and the largest rating of the data that a model was trained on.</summary>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The largest, above <paramref name="Least"/>.</param>
public sealed record RatingScale(float Least, float Most)
{
    // Half a star beyond a scale of five may be the same scale with other data; half the scale cannot be.
    private const double Tolerance = 0.1;

    /// <summary>The scale of some ratings; null where all are equal, as those of positives are.</summary>
    public static RatingScale? Of(Ratings ratings)
    {
        if (ratings.Count == 0)
        {
            return null;
        }
        var (least, most) = (ratings.Values.Min(), ratings.Values.Max());
        return least < most ? new(least, most) : null;
    }

    /// <summary>Whether a rating lies outside by more than a tenth of the scale's length.</summary>
    public bool IsFar(float rating)
    {
        var reach = Tolerance * ((double)Most - Least);
        return rating < Least - reach || rating > Most + reach;
    }
}
