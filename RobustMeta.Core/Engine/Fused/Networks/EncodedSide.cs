using System.Collections.Immutable;
using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>The items or the users of a batch: each is embedded and goes through a network once.</summary>
/// <param name="side">Prefix of the names of the tables: <c>item</c> or <c>user</c>.</param>
/// <param name="fields">The fields, in the order of concatenation. Without any, a network of one input sees a one.</param>
/// <param name="embeddingDim">Width of a token field.</param>
/// <param name="arrays">Values and gradients.</param>
/// <param name="network">The network.</param>
/// <param name="exposure">Inputs of a user behind those of the fields; null for none.</param>
/// <param name="isConstant">Whether neither tables nor network are learned: there is no way back.</param>
internal sealed unsafe class EncodedSide<T>(
    string side,
    ImmutableArray<InputField> fields,
    int embeddingDim,
    ParameterArrays<T> arrays,
    RowNetwork<T> network,
    ExposureRows<T>? exposure = null,
    bool isConstant = false
) : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly EmbeddingTables<T> tables = new(side, fields, embeddingDim, arrays);
    private ReadOnlyMemory<int> entities;

    /// <summary>The network.</summary>
    public RowNetwork<T> Network => network;

    /// <summary>Names of the tables and the rows that the last batch touched.</summary>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched => isConstant ? [] : tables.Touched;

    /// <summary>Whether nothing of it is learned.</summary>
    public bool IsConstant => isConstant;

    /// <inheritdoc/>
    public int Pieces => isConstant ? 0 : network.Pieces + tables.Count;

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
        for (var i = 0; i < count; i++)
        {
            var row = inputs + (long)i * width;
            if (exposure is not null)
            {
                exposure.Write(first + i, row + exposure.Start);
            }
            else if (fields.IsEmpty && width > 0)
            {
                *row = T.One;
            }
        }
        network.Forward(first, count);
    }

    /// <summary>Takes the supports that the exposure is of.</summary>
    public void BeginExposure(TaskBatch tasks, ReadOnlySpan<T> supportWeights, Arena<T> arena) =>
        exposure?.Begin(tasks, supportWeights, arena);

    /// <summary>Adjoints of some entities, when those of the outputs are there; adds derivatives by support weights.</summary>
    public void Reverse(int first, int count, Span<T> ofSupportWeights)
    {
        network.Reverse(first, count);
        for (var i = first; i < first + count && exposure is not null; i++)
        {
            exposure.Reverse(
                i,
                network.InputAdjoint + (long)i * network.InputPadded + exposure.Start,
                ofSupportWeights
            );
        }
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
