namespace RobustMeta.Models;

/// <summary>
/// A model written down as data: a neural process on a user's points (encoded item, encoded user, residual of the label), whose mean
/// encodings give a Gaussian latent variable and a task embedding that modulates the decoder (Lin et al., WWW 2021): <see cref="TaNP"/>.
/// A model of this form can be computed by hand-derived gradients, without automatic differentiation. The parameters have the names
/// that <see cref="TaNP"/> gives them.
/// </summary>
/// <param name="Schema">The inputs of the model.</param>
/// <param name="Spec">Widths, pool, context and modulation.</param>
public sealed record ProcessForm(InputSchema Schema, TaNPSpec Spec);
