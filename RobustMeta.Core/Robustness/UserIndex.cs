namespace RobustMeta.Robustness;

/// <summary>Which users share a weight.</summary>
public enum UserIndex
{
    /// <summary>None: each has a weight.</summary>
    User,

    /// <summary>Those of a group (Group DRO, Sagawa et al., ICLR 2020; streaming: Wen et al., WWW 2022).</summary>
    Group,

    /// <summary>A small network maps what is known of a user to a weight (ARL, Lahoti et al., NeurIPS 2020).</summary>
    Network,
}
