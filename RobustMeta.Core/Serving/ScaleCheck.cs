using RobustMeta.Experiments;

namespace RobustMeta.Serving;

/// <summary>Compares ratings, one after another, with the scale that a model was trained on.</summary>
/// <param name="trained">The scale; null where it is not known or there is none.</param>
internal sealed class ScaleCheck(RatingScale? trained)
{
    private long given;
    private long far;
    private float least = float.PositiveInfinity;
    private float most = float.NegativeInfinity;

    /// <summary>What was found so far; null where no rating is far off the scale.</summary>
    public ScaleMismatch? Mismatch => far == 0 ? null : new(far, given, least, most, trained!);

    /// <summary>Looks at a finite rating.</summary>
    public void Add(float rating)
    {
        given++;
        far += trained?.IsFar(rating) == true ? 1 : 0;
        (least, most) = (Math.Min(least, rating), Math.Max(most, rating));
    }
}
