namespace RobustMeta.Bias;

/// <summary>What a model predicts on top of.</summary>
public enum OffsetKind
{
    /// <summary>Nothing: the model predicts the whole score.</summary>
    None,

    /// <summary>The bias model: item effect plus user effect.</summary>
    Bias,
}
