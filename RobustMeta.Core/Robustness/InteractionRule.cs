namespace RobustMeta.Robustness;

/// <summary>What sets interaction weights.</summary>
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
