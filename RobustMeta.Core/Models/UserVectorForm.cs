using RobustMeta.Models.Layers;

namespace RobustMeta.Models;

/// <summary>
/// A model written down as data: a base network of (vector of the user | item | user), pretrained and then kept
/// (<see cref="UserVectorBase"/>), and small networks that make the vector of a cold user: <see cref="MetaEmb"/> and
/// <see cref="Mwuf"/>. A model of this form can be computed by hand-derived gradients, without automatic differentiation. The
/// parameters have the names that these two models give them.
/// </summary>
/// <param name="Schema">The inputs of the model, with the identity of the users.</param>
/// <param name="VectorDim">Width d of the user's vector.</param>
/// <param name="Hidden">Width of the base network's hidden layer.</param>
/// <param name="MetaHidden">Width of the hidden layer of the networks that make the vector.</param>
public sealed record UserVectorForm(InputSchema Schema, int VectorDim, int Hidden, int MetaHidden)
{
    /// <summary>
    /// Learning rate of the step on a generated vector (MetaEmb); null where a trained vector is scaled and shifted (MWUF).
    /// </summary>
    public double? LocalLr { get; init; }

    /// <summary>Weight of the support loss before the step, the query loss after it having the rest; not used by MWUF.</summary>
    public double Alpha { get; init; }

    /// <summary>Width of the inputs of a network of user features: without any feature, a one.</summary>
    public int UserInputWidth => Math.Max(1, Schema.UserWidth);
}
