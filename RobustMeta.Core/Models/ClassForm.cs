using System.Collections.Immutable;
using RobustMeta.Models.Layers;

namespace RobustMeta.Models;

/// <summary>
/// A model written down as data: items encoded by a network, the support pooled to one vector for each of two classes, and
/// scores from these vectors in one pass (Vartak et al., NeurIPS 2017): <see cref="Lwa"/> and <see cref="Nlba"/>. A model of
/// this form can be computed by hand-derived gradients, without automatic differentiation. The parameters have the names
/// that these two models give them.
/// </summary>
/// <param name="Schema">The inputs of the model; user fields are not used.</param>
/// <param name="Encoder">Widths of the layers of the item encoder; the last is the width E of an encoded item.</param>
/// <param name="Pooling">How the items of a class are brought together.</param>
/// <param name="IsWeighted">Whether support weights count in the pooling.</param>
public sealed record ClassForm(InputSchema Schema, ImmutableArray<int> Encoder, Pooling Pooling, bool IsWeighted)
{
    /// <summary>
    /// How the classes are mixed to a linear classifier (LWA); null for a hidden layer whose biases come from the classes (NLBA).
    /// </summary>
    public ClassMixing? Mixing { get; init; }

    /// <summary>Width of the hidden layer of NLBA; not used by LWA.</summary>
    public int Hidden { get; init; }
}
