namespace RobustMeta.Models;

/// <summary>
/// Which items the support has, as an input of a model beside the user's features: see <see cref="FeatureSpec.UserExposure"/>.
/// </summary>
/// <param name="Items">Number of items.</param>
/// <param name="Rank">Length R of the items' vectors, at least 1; the input has R + 1 numbers.</param>
public sealed record ExposureInput(int Items, int Rank)
{
    /// <summary>Name of the parameter with the items' vectors, <c>[Items, Rank]</c>.</summary>
    public const string Vectors = "exposure.item";

    /// <summary>Name of the parameter with the mean of each number over supports of training users, <c>[Rank + 1]</c>.</summary>
    public const string Means = "exposure.mean";

    /// <summary>Name of the parameter with what each number is multiplied by, <c>[Rank + 1]</c>.</summary>
    public const string Scales = "exposure.scale";

    /// <summary>Number of inputs.</summary>
    public int Width => Rank + 1;
}
