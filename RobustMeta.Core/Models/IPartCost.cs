namespace RobustMeta.Models;

/// <summary>
/// A model for which the fixed cost of a part of a batch under automatic differentiation was measured; others count as
/// average.
/// </summary>
public interface IPartCost
{
    /// <summary>
    /// What a part of a batch costs beside its cells (padded interactions), in cells, at least 1: the more, the fewer parts a
    /// batch is cut into. Changes speed alone, beyond rounding.
    /// </summary>
    int PartCost { get; }
}
