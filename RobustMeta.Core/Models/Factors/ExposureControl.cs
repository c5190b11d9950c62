namespace RobustMeta.Models.Factors;

/// <summary>
/// Control experiments for priors informed by exposure (<see cref="PriorKind"/>): what is left of a gain when exposure cannot tell
/// <em>which</em> items a user rated, or which users an item was rated by.
/// </summary>
public enum ExposureControl
{
    /// <summary>None: exposure as it is.</summary>
    None,

    /// <summary>
    /// Each training user has the exposure of another with about as many ratings, and each item that of another one, while the priors
    /// are fitted: what they find is chance.
    /// </summary>
    Shuffled,

    /// <summary>Numbers alone: how many items a support has, how many users rated an item.</summary>
    Size,
}
