namespace RobustMeta.Robustness;

/// <summary>
/// Which users share a weight. A closed list, unlike ambiguity sets and references: each kind stores, steps and restores weights of
/// another shape and goes together with certain timings and ascents only, so that a new one is a change of the reweighter and not a
/// type beside it. What varies freely within a kind, the set and the reference, is open.
/// </summary>
public enum UserIndex
{
    /// <summary>None: each has a weight.</summary>
    User,

    /// <summary>Those of a group (Group DRO, Sagawa et al., ICLR 2020; streaming: Wen et al., WWW 2022).</summary>
    Group,

    /// <summary>A small network maps what is known of a user to a weight (ARL, Lahoti et al., NeurIPS 2020).</summary>
    Network,

    /// <summary>
    /// A normalising flow over what is known of users: a weight is the density that it gives to a user, over that of training
    /// (AR-MAML, Wang et al., KDD 2025).
    /// </summary>
    Flow,
}
