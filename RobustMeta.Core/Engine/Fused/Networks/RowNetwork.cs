using System.Collections.Immutable;
using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>
/// Dense layers on rows that no user adapts (the batch's items, users or interactions): outputs of each row, and the gradients from
/// their adjoints. Rows, and pieces of the gradient, are independent.
/// </summary>
internal sealed unsafe class RowNetwork<T> : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int RowsPerBlock = 48;

    private readonly Arithmetic<T> arithmetic;
    private readonly ImmutableArray<RowLayer> layers;
    private readonly DenseMap<T>[] maps;
    private readonly long? inputBias;
    private readonly VectorGradient<T>? ofInputBias;
    private readonly PieceList<T> pieces;
    private readonly T*[] output;
    private readonly T*[] slope;
    private readonly T*[] adjoint;
    private readonly int inputs;
    private FieldMap<T>? fields;
    private T* block;

    /// <summary>A network whose parameters get places in a layout.</summary>
    /// <param name="inputs">Width of the input.</param>
    /// <param name="layers">The layers; without any, the outputs are the inputs.</param>
    /// <param name="layout">Receives the parameters.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    /// <param name="inputBias">Name of a vector t: the network sees <c>relu(x + t)</c> instead of x; null for x.</param>
    public RowNetwork(
        int inputs,
        ImmutableArray<RowLayer> layers,
        BlockLayout layout,
        Arithmetic<T> arithmetic,
        string? inputBias = null
    )
    {
        (this.inputs, this.layers, this.arithmetic) = (inputs, layers, arithmetic);
        InputPadded = arithmetic.Padded(inputs);
        maps = new DenseMap<T>[layers.Length];
        var below = inputs;
        for (var l = 0; l < maps.Length; l++)
        {
            var layer = layers[l];
            var (weight, bias) = ($"{layer.Name}.weight", layer.HasBias ? $"{layer.Name}.bias" : null);
            maps[l] = new(weight, layer.FirstRow, bias, below, layer.Width, layout, arithmetic);
            below = layer.Width;
        }
        if (inputBias is not null)
        {
            this.inputBias = layout.Add(inputBias, 0, 1, inputs, InputPadded);
            ofInputBias = new(this.inputBias.Value, InputPadded, arithmetic);
        }
        pieces = new([.. maps, .. ofInputBias is null ? [] : new IGradientPieces<T>[] { ofInputBias }]);
        output = new T*[maps.Length + 1];
        slope = new T*[maps.Length + 1];
        adjoint = new T*[maps.Length + 1];
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Number of blocks of rows.</summary>
    public int Blocks => (Rows + RowsPerBlock - 1) / RowsPerBlock;

    /// <inheritdoc/>
    public int Pieces => pieces.Pieces;

    /// <summary>Row length of the inputs.</summary>
    public int InputPadded { get; }

    /// <summary>Row length of the outputs.</summary>
    public int OutputPadded => maps.Length == 0 ? InputPadded : maps[^1].OutputPadded;

    /// <summary>Inputs, to be written before <see cref="Forward"/>; their padding is zero. Rows are as long as fields say where these do the first layer.</summary>
    public T* Inputs => output[0];

    /// <summary>Outputs.</summary>
    public T* Outputs => output[maps.Length];

    /// <summary>Adjoint of the inputs, after <see cref="Reverse"/>.</summary>
    public T* InputAdjoint => adjoint[0];

    /// <summary>Adjoint of the outputs, to be written before <see cref="Reverse"/>.</summary>
    public T* OutputAdjoint => adjoint[maps.Length];

    /// <summary>Adjoint of the outputs of the first layer before its nonlinearity, after <see cref="Reverse"/>.</summary>
    public T* FirstAdjoint => adjoint[1];

    /// <summary>The first layer.</summary>
    public DenseMap<T> First => maps[0];

    /// <summary>
    /// Has fields do the first layer, whose gradient then lacks the rows of W that belong to shared fields; for networks with
    /// layers and without an input bias.
    /// </summary>
    public void TakeFields(FieldMap<T> map) => fields = map;

    /// <summary>Rows of a block.</summary>
    public (int First, int Count) Block(int index) =>
        (index * RowsPerBlock, Math.Min(RowsPerBlock, Rows - index * RowsPerBlock));

    /// <summary>Takes values, and memory for a number of rows.</summary>
    /// <param name="values">Values in the layout.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="arena">Memory of the batch.</param>
    public void Begin(T* values, int rows, Arena<T> arena)
    {
        block = values;
        Rows = rows;
        var size = (long)rows * InputWidth;
        output[0] = fields is null && inputs < InputPadded ? arena.TakeZeros(size) : arena.Take(size);
        slope[0] = inputBias is null ? null : arena.Take(size);
        for (var l = 1; l <= maps.Length; l++)
        {
            maps[l - 1].Begin(values, arena);
            size = (long)rows * maps[l - 1].OutputPadded;
            output[l] = arena.Take(size);
            slope[l] = layers[l - 1].Activation is null ? null : arena.Take(size);
        }
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(Arena<T> arena)
    {
        adjoint[0] = arena.Take((long)Rows * InputWidth);
        for (var l = 1; l <= maps.Length; l++)
        {
            adjoint[l] = arena.Take((long)Rows * maps[l - 1].OutputPadded);
            maps[l - 1].Collect(output[l - 1], adjoint[l], Rows);
        }
        ofInputBias?.Collect(null, adjoint[0], Rows);
    }

    /// <summary>Outputs of some rows.</summary>
    public void Forward(int first, int count)
    {
        if (inputBias is not null)
        {
            var start = (long)first * InputPadded;
            var bias = block + inputBias.Value;
            arithmetic.Activate(Activation.Relu, Inputs + start, bias, slope[0] + start, null, count, InputPadded);
        }
        for (var l = 1; l <= maps.Length; l++)
        {
            var map = maps[l - 1];
            var start = (long)first * map.OutputPadded;
            var x = output[l - 1] + (long)first * (l == 1 ? InputWidth : map.InputPadded);
            if (l == 1 && fields is not null)
            {
                fields.Apply(first, count, x, output[l] + start, map.AddBias(output[l] + start, count, false));
            }
            else
            {
                map.Apply(x, output[l] + start, count, accumulate: false);
            }
            if (layers[l - 1].Activation is { } activation)
            {
                var target = output[l] + start;
                arithmetic.Activate(activation, target, null, slope[l] + start, null, count, map.OutputPadded);
            }
        }
    }

    /// <summary>Adjoints of some rows, from those of the outputs (which become those before the nonlinearity) down to those of the inputs.</summary>
    public void Reverse(int first, int count)
    {
        for (var l = maps.Length; l >= 1; l--)
        {
            var map = maps[l - 1];
            MultiplySlope(l, first, count, map.OutputPadded);
            var y = adjoint[l] + (long)first * map.OutputPadded;
            var x = adjoint[l - 1] + (long)first * (l == 1 ? InputWidth : map.InputPadded);
            if (l == 1 && fields is not null)
            {
                fields.Pull(y, x, count);
            }
            else
            {
                map.Pull(y, x, count, accumulate: false);
            }
        }
        MultiplySlope(0, first, count, InputPadded);
    }

    /// <inheritdoc/>
    public void WriteGradient(int piece, T* gradient)
    {
        if (fields is not null && piece < First.Pieces)
        {
            First.WriteGradient(piece, fields, gradient);
            return;
        }
        pieces.WriteGradient(piece, gradient);
    }

    private int InputWidth => fields?.RowWidth ?? InputPadded;

    private void MultiplySlope(int l, int first, int count, int width)
    {
        if (slope[l] is not null)
        {
            arithmetic.Multiply(slope[l] + (long)first * width, adjoint[l] + (long)first * width, count * width);
        }
    }
}
