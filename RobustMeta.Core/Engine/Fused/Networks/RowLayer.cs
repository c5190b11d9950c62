using System.Collections.Immutable;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>A layer of a <see cref="RowNetwork{T}"/>.</summary>
/// <param name="Name">Its parameters are <c>NAME.weight [in, out]</c> and <c>NAME.bias [out]</c>.</param>
/// <param name="Width">Number of outputs.</param>
/// <param name="Activation">Nonlinearity of the outputs; null for a linear layer.</param>
internal sealed record RowLayer(string Name, int Width, Activation? Activation)
{
    /// <summary>First row of the weight that belongs to this layer: of a layer in parts, each on inputs of its own, whose outputs add up.</summary>
    public int FirstRow { get; init; }

    /// <summary>Whether it has the bias; one of several parts has it.</summary>
    public bool HasBias { get; init; } = true;

    /// <summary>The layers of a <see cref="Models.Layers.DecisionNetwork"/>: the last one is linear.</summary>
    /// <param name="name">Prefix of the parameter names.</param>
    /// <param name="widths">Widths of all layers.</param>
    /// <param name="activation">Nonlinearity between layers.</param>
    public static ImmutableArray<RowLayer> Perceptron(string name, ImmutableArray<int> widths, Activation activation) =>
        [.. widths.Select((width, l) => new RowLayer($"{name}.{l}", width, l < widths.Length - 1 ? activation : null))];
}
