namespace RobustMeta.Models;

/// <summary>
/// A model written down as data: networks of user and item that a matrix of each user's own joins, which all adapt from values that
/// memories of past users give (Dong et al., KDD 2020): <see cref="Mamo"/>. A model of this form can be computed by hand-derived
/// gradients, without automatic differentiation. The parameters have the names that <see cref="Mamo"/> gives them.
/// </summary>
/// <param name="Schema">The inputs of the model.</param>
/// <param name="Spec">Widths, local updates and memories.</param>
public sealed record MamoForm(InputSchema Schema, MamoSpec Spec);
