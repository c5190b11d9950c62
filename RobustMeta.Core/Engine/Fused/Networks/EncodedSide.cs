using System.Collections.Immutable;
using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>The items or the users of a batch: each is embedded and goes through a network once.</summary>
internal sealed unsafe class EncodedSide<T> : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly EmbeddingTables<T> tables;
    private readonly ExposureRows<T>? exposure;
    private readonly FieldMap<T>? map;
    private readonly int entitiesPerToken = int.MaxValue;
    private ReadOnlyMemory<int> entities;

    /// <summary>A side whose network sees the embedded fields.</summary>
    /// <param name="side">Prefix of the names of the tables: <c>item</c> or <c>user</c>.</param>
    /// <param name="fields">The fields, in the order of concatenation. Without any, a network of one input sees a one.</param>
    /// <param name="embeddingDim">Width of a token field.</param>
    /// <param name="arrays">Values and gradients.</param>
    /// <param name="network">The network.</param>
    /// <param name="exposure">Inputs of a user behind those of the fields; null for none.</param>
    /// <param name="isConstant">Whether neither tables nor network are learned: there is no way back.</param>
    public EncodedSide(
        string side,
        ImmutableArray<InputField> fields,
        int embeddingDim,
        ParameterArrays<T> arrays,
        RowNetwork<T> network,
        ExposureRows<T>? exposure = null,
        bool isConstant = false
    )
    {
        (Network, this.exposure, IsConstant) = (network, exposure, isConstant);
        tables = new(side, fields, embeddingDim, arrays);
    }

    /// <summary>
    /// A side that is learned and whose network's first layer meets the tokens of shared fields once each in training. In evaluation
    /// no field is shared: the order of sums depends on the entity alone, so that it has the same outputs in every batch.
    /// </summary>
    /// <param name="side">Prefix of the names of the tables: <c>item</c> or <c>user</c>.</param>
    /// <param name="fields">The fields, in the order of concatenation.</param>
    /// <param name="embeddingDim">Width of a token field.</param>
    /// <param name="arrays">Values and gradients.</param>
    /// <param name="network">The network; it has layers and no input bias.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    /// <param name="entitiesPerToken">When a field is shared, see <see cref="EmbeddingTables{T}.Plan"/>.</param>
    public EncodedSide(
        string side,
        ImmutableArray<InputField> fields,
        int embeddingDim,
        ParameterArrays<T> arrays,
        RowNetwork<T> network,
        Arithmetic<T> arithmetic,
        int entitiesPerToken
    )
        : this(side, fields, embeddingDim, arrays, network)
    {
        this.entitiesPerToken = entitiesPerToken;
        map = new(tables, arithmetic);
        network.TakeFields(map);
    }

    /// <summary>The network.</summary>
    public RowNetwork<T> Network { get; }

    /// <summary>Names of the tables and the rows that the last batch touched.</summary>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched => IsConstant ? [] : tables.Touched;

    /// <summary>Whether nothing of it is learned.</summary>
    public bool IsConstant { get; }

    /// <summary>Number of fields that the batch's tokens must be encoded of, see <see cref="EncodeTokens"/>.</summary>
    public int TokenFields => tables.SharedRanges.IsEmpty ? 0 : tables.Count;

    /// <inheritdoc/>
    public int Pieces => IsConstant ? 0 : Network.Pieces + tables.Count;

    /// <summary>Takes values and entities, to stay as they are until the gradient is written.</summary>
    /// <param name="values">Values in the layout.</param>
    /// <param name="ofBatch">Dense indices of the entities.</param>
    /// <param name="arena">Memory of the batch.</param>
    /// <param name="isTraining">Whether fields may be shared.</param>
    public void Begin(T* values, ReadOnlyMemory<int> ofBatch, Arena<T> arena, bool isTraining)
    {
        entities = ofBatch;
        map?.Plan(ofBatch.Length, isTraining ? entitiesPerToken : int.MaxValue, RowFields.Own);
        Network.Begin(values, ofBatch.Length, arena);
        map?.Begin(Network.First.Weights, ofBatch, arena);
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(Arena<T> arena)
    {
        Network.BeginReverse(arena);
        map?.BeginReverse(arena);
    }

    /// <summary>What the first layer does with the tokens of a field, if it is shared: before <see cref="Forward"/>.</summary>
    public void EncodeTokens(int field) => map!.EncodeTokens(field);

    /// <summary>Outputs of some entities.</summary>
    public void Forward(int first, int count)
    {
        if (map is not null)
        {
            map.Gather(first, count, Network.Inputs + (long)first * map.RowWidth);
            Network.Forward(first, count);
            return;
        }
        var width = Network.InputPadded;
        var inputs = Network.Inputs + (long)first * width;
        tables.Gather(entities.Span.Slice(first, count), inputs, width);
        for (var i = 0; i < count; i++)
        {
            var row = inputs + (long)i * width;
            if (exposure is not null)
            {
                exposure.Write(first + i, row + exposure.Start);
            }
            else if (tables.Count == 0 && width > 0)
            {
                *row = T.One;
            }
        }
        Network.Forward(first, count);
    }

    /// <summary>Takes the supports that the exposure is of.</summary>
    public void BeginExposure(TaskBatch tasks, ReadOnlySpan<T> supportWeights, Arena<T> arena) =>
        exposure?.Begin(tasks, supportWeights, arena);

    /// <summary>Adjoints of some entities, when those of the outputs are there; adds derivatives by support weights.</summary>
    public void Reverse(int first, int count, Span<T> ofSupportWeights)
    {
        Network.Reverse(first, count);
        for (var i = first; i < first + count && exposure is not null; i++)
        {
            exposure.Reverse(
                i,
                Network.InputAdjoint + (long)i * Network.InputPadded + exposure.Start,
                ofSupportWeights
            );
        }
    }

    /// <inheritdoc/>
    /// <remarks>Tables first: they take the longest, and smaller pieces even out what workers have left to do.</remarks>
    public void WriteGradient(int piece, T* gradient)
    {
        if (piece >= tables.Count)
        {
            Network.WriteGradient(piece - tables.Count, gradient);
        }
        else if (tables.IsShared(piece))
        {
            WriteShared(piece, gradient);
        }
        else if (map is not null)
        {
            map.Scatter(piece, Network.InputAdjoint);
        }
        else
        {
            tables.Scatter(piece, entities.Span, Network.InputAdjoint, Network.InputPadded);
        }
    }

    // A shared field's table and its rows of the first layer's weight.
    private void WriteShared(int field, T* gradient)
    {
        var column = tables.Column(field);
        var ofTokens = map!.SumByToken(field, Network.FirstAdjoint);
        fixed (T* values = column.Table!.Values)
        {
            var (start, width, tokens) = (column.Start, column.Width, column.Table.Rows);
            Network.First.WriteRows(start, width, values, width, ofTokens, tokens, gradient);
        }
        column.ScatterTokens(map.PullTokens(field), map.Padded(field));
    }
}
