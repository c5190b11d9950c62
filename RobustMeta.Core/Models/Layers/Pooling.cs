namespace RobustMeta.Models.Layers;

/// <summary>How the items of a class are brought together to one vector.</summary>
public enum Pooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum, which grows with the support.</summary>
    Sum,
}
