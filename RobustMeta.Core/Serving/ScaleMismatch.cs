using System.Globalization;
using RobustMeta.Experiments;
using RobustMeta.Runtime;

namespace RobustMeta.Serving;

/// <summary>Ratings that lie far off the scale that a model was trained on (<see cref="RatingScale.IsFar"/>).</summary>
/// <param name="Far">How many do.</param>
/// <param name="Given">Number of ratings that were given.</param>
/// <param name="Least">The smallest of those.</param>
/// <param name="Most">The largest of those.</param>
/// <param name="Trained">The scale of the training data.</param>
public sealed record ScaleMismatch(long Far, long Given, float Least, float Most, RatingScale Trained)
{
    /// <summary>The mismatch and what to do about it, as a sentence.</summary>
    public string Note =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Far} of {Counted.Of(Given, "rating lies", "ratings lie")} far off the scale that the model was trained on: given "
                + $"{Least} to {Most}, trained on {Trained.Least} to {Trained.Most}. Put the ratings on that scale."
        );
}
