namespace RobustMeta.Shift;

/// <summary>The property of users along which test users are shifted.</summary>
public enum UserShiftProperty
{
    /// <summary>No shift of users.</summary>
    None,

    /// <summary>Taste for rarely rated items: minus the mean log popularity of the support items.</summary>
    Niche,

    /// <summary>Log of the number of ratings of the user.</summary>
    Activity,

    /// <summary>Fraction of relevant ratings in the support.</summary>
    PositiveRate,

    /// <summary>Mean rating of the support.</summary>
    Rating,

    /// <summary>Fraction of the support items that have the feature token (<see cref="TiltedDraw.ShiftFeature"/>).</summary>
    Feature,

    /// <summary>Whether the user is of the cluster of like supports (<see cref="TiltedDraw.ShiftCluster"/>).</summary>
    Cluster,

    /// <summary>Mean hardness of the support's ratings.</summary>
    Hardness,
}
