namespace RobustMeta.Models;

/// <summary>How far the meta-gradient looks through the inner steps.</summary>
public enum MetaGradientOrder
{
    /// <summary>The gradient at the adapted parameters, taken as that of the initial ones (FOMAML).</summary>
    First,

    /// <summary>The exact gradient through the inner steps (MAML).</summary>
    Second,
}
