namespace RobustMeta.Robustness;

/// <summary>The levels at which training is robust.</summary>
[Flags]
public enum WeightLevels
{
    /// <summary>Plain training: every weight stays one.</summary>
    None = 0,

    /// <summary>Weights of users.</summary>
    User = 1,

    /// <summary>Weights of the interactions of each user.</summary>
    Interaction = 2,

    /// <summary>Both levels: the hierarchy of the paper.</summary>
    Both = User | Interaction,
}
