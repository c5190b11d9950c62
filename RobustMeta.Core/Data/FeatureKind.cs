namespace RobustMeta.Data;

/// <summary>The kind of a feature.</summary>
public enum FeatureKind
{
    /// <summary>One token.</summary>
    Token,

    /// <summary>Any number of tokens.</summary>
    Bag,

    /// <summary>A number.</summary>
    Number,
}
