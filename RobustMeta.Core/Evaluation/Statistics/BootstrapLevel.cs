namespace RobustMeta.Evaluation;

/// <summary>What a <see cref="StratifiedBootstrap"/> resamples: over what its interval is.</summary>
public enum BootstrapLevel
{
    /// <summary>Users within each seed, the seeds as they are (stratified).</summary>
    UsersWithinSeeds,

    /// <summary>Users: a drawn user counts in every seed that tested the person.</summary>
    Users,

    /// <summary>Seeds, with all their users.</summary>
    Seeds,

    /// <summary>Seeds, and users within each.</summary>
    SeedsAndUsers,
}
