namespace RobustMeta.Engine.Fused.Joined;

/// <summary>A network of MAMO, with two layers.</summary>
internal enum JoinedPart
{
    /// <summary>The user network, which memories move.</summary>
    User,

    /// <summary>The item network.</summary>
    Item,

    /// <summary>The recommender on the joined rows.</summary>
    Top,
}
