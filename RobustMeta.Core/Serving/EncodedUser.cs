using System.Collections.Immutable;

namespace RobustMeta.Serving;

/// <summary>A user in the form that a model takes as input.</summary>
/// <param name="User">Inputs of the user's features.</param>
/// <param name="Items">Dense indices of the rated items, each once.</param>
/// <param name="Labels">Their labels.</param>
/// <param name="UnknownItems">Rated items that the model does not know.</param>
/// <param name="RepeatedItems">Items that the model knows and that were rated more than once.</param>
/// <param name="UnknownFeatures">Values of features that it does not know.</param>
/// <param name="OffScale">Ratings far off the scale of the training; null where there are none.</param>
internal sealed record EncodedUser(
    FieldInput[] User,
    int[] Items,
    float[] Labels,
    ImmutableArray<string> UnknownItems,
    ImmutableArray<string> RepeatedItems,
    ImmutableArray<string> UnknownFeatures,
    ScaleMismatch? OffScale
);
