using RobustMeta.Models.Layers;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Factors;

/// <summary>What a <see cref="MetaPmf"/> is made of.</summary>
/// <param name="Label">What is predicted.</param>
/// <param name="FoldInSteps">Steps of the user's logistic solution.</param>
/// <param name="Width">Length of an item's vector.</param>
/// <param name="Items">Vectors of items.</param>
/// <param name="Spreads">Logarithms of how unsure they are.</param>
/// <param name="People">Prior means of users by their features.</param>
/// <param name="Exposure">What exposure adds to them; null: nothing.</param>
internal sealed record FactorParts(
    LabelKind Label,
    int FoldInSteps,
    int Width,
    FeatureSum Items,
    FeatureSum Spreads,
    FeatureSum People,
    ExposureTerm? Exposure
);
