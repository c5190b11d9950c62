namespace RobustMeta.Robustness;

/// <summary>What the user level compares a user's weighted loss with.</summary>
public enum UserExcess
{
    /// <summary>The reference under the same interaction weights: the exact hierarchy.</summary>
    Weighted,

    /// <summary>The plain mean of the reference.</summary>
    Mean,
}
