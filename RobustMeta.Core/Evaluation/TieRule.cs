namespace RobustMeta.Evaluation;

/// <summary>How candidates with equal scores are ranked. The place in the candidate list never decides.</summary>
public enum TieRule
{
    /// <summary>By a random key of seed, user and item: fair to a model that cannot tell items apart.</summary>
    SeededRandom,

    /// <summary>By item index, lowest first: reproducible without a seed, but it favours some items.</summary>
    ByItem,
}
