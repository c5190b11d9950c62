namespace RobustMeta.Robustness;

/// <summary>Where interaction weights act.</summary>
public enum WeightsAct
{
    /// <summary>On the query losses that the outer step descends on.</summary>
    Query,

    /// <summary>On the support losses that a user's adaptation descends on.</summary>
    Support,

    /// <summary>On both.</summary>
    Both,
}
