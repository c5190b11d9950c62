using System.Collections.Immutable;
using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>The items or the users of a batch: each is embedded and goes through a network once.</summary>
/// <param name="side">Prefix of the names of the tables: <c>item</c> or <c>user</c>.</param>
/// <param name="fields">The fields, in the order of concatenation. Without any, a network of one input sees a one.</param>
/// <param name="embeddingDim">Width of a token field.</param>
/// <param name="arrays">Values and gradients.</param>
/// <param name="network">The network.</param>
internal sealed unsafe class EncodedSide<T>(
    string side,
    ImmutableArray<InputField> fields,
    int embeddingDim,
    ParameterArrays<T> arrays,
    RowNetwork<T> network
) : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly EmbeddingTables<T> tables = new(side, fields, embeddingDim, arrays);
    private ReadOnlyMemory<int> entities;

    /// <summary>The network.</summary>
    public RowNetwork<T> Network => network;

    /// <summary>Names of the tables and the rows that the last batch touched.</summary>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched => tables.Touched;

    /// <inheritdoc/>
    public int Pieces => network.Pieces + tables.Count;

    /// <summary>Takes values and entities, to stay as they are until the gradient is written.</summary>
    /// <param name="values">Values in the layout.</param>
    /// <param name="ofBatch">Dense indices of the entities.</param>
    /// <param name="arena">Memory of the batch.</param>
    public void Begin(T* values, ReadOnlyMemory<int> ofBatch, Arena<T> arena)
    {
        entities = ofBatch;
        network.Begin(values, ofBatch.Length, arena);
    }

    /// <summary>Outputs of some entities.</summary>
    public void Forward(int first, int count)
    {
        var width = network.InputPadded;
        var inputs = network.Inputs + (long)first * width;
        tables.Gather(entities.Span.Slice(first, count), inputs, width);
        for (var i = 0; i < count && fields.IsEmpty && width > 0; i++)
        {
            inputs[(long)i * width] = T.One;
        }
        network.Forward(first, count);
    }

    /// <inheritdoc/>
    public void WriteGradient(int piece, T* gradient)
    {
        if (piece < network.Pieces)
        {
            network.WriteGradient(piece, gradient);
            return;
        }
        tables.Scatter(piece - network.Pieces, entities.Span, network.InputAdjoint, network.InputPadded);
    }
}
