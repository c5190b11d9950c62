namespace RobustMeta.Robustness;

/// <summary>
/// What sets interaction weights: the paper's adversary, or one of the two fixed rules of the literature that it is compared with. A
/// closed list: a rule is a setting of the paper's comparison; another worst case is an <see cref="AmbiguitySet"/>, which is open.
/// </summary>
public enum InteractionRule
{
    /// <summary>The adversary over the ambiguity set.</summary>
    Adversary,

    /// <summary>
    /// Popularity to the power of minus <see cref="ReweighterSpec.PropensityPower"/> (inverse propensities, Schnabel et
    /// al., ICML 2016).
    /// </summary>
    InversePropensity,

    /// <summary>(1 − e^−loss) to the power of <see cref="ReweighterSpec.FocalGamma"/> (focal loss, Lin et al., ICCV 2017).</summary>
    Focal,
}
