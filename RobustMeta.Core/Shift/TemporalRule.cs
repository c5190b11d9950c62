namespace RobustMeta.Shift;

/// <summary>What divides before from after in a <see cref="TemporalSplit"/>.</summary>
public enum TemporalRule
{
    /// <summary>One date for all users; training uses nothing later.</summary>
    GlobalCut,

    /// <summary>Each test user's own last ratings; training is left alone, since it holds other users.</summary>
    LastOfUser,
}
