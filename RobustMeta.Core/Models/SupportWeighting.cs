namespace RobustMeta.Models;

/// <summary>What a model can do with weights of support interactions.</summary>
public enum SupportWeighting
{
    /// <summary>They have no place in the model: giving any is refused.</summary>
    Refused,

    /// <summary>They act, but the objective has no gradient with respect to them (first-order adaptation).</summary>
    Constant,

    /// <summary>They act, and the objective can be differentiated with respect to them.</summary>
    Differentiable,
}
