namespace RobustMeta.Models.Factors;

/// <summary>What the start computes of a user's prior.</summary>
internal enum PriorInformation
{
    /// <summary>Nothing: training alone moves it from the standard normal.</summary>
    None,

    /// <summary>
    /// Its covariance, and its mean from the vectors of the support's items: what training makes of the plain prior, so that others
    /// can be compared with that before training.
    /// </summary>
    Choice,

    /// <summary>Its covariance, and its mean from exposure.</summary>
    Exposure,
}
