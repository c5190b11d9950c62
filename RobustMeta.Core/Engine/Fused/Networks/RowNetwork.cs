using System.Collections.Immutable;
using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>
/// A <see cref="Models.Layers.DecisionNetwork"/> of entities (the batch's items or users) that no user adapts: outputs once
/// an entity, and its gradients from theirs. Blocks of entities, and pieces of the gradient, are independent.
/// </summary>
internal sealed unsafe class RowNetwork<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int RowsPerBlock = 64;
    private const int WeightRowsPerPiece = 16;

    private readonly Activation activation;
    private readonly Arithmetic<T> arithmetic;
    private readonly int layers;
    private readonly int[] width;
    private readonly int[] padded;
    private readonly long[] weight;
    private readonly long[] bias;
    private readonly Arena<T> memory = new();
    private readonly T*[] transposed;
    private readonly T*[] output;
    private readonly T*[] slope;
    private readonly T*[] adjoint;
    private T* block;

    /// <summary>A network whose parameters get places in a layout.</summary>
    public RowNetwork(
        string name,
        int inputs,
        ImmutableArray<int> widths,
        Activation activation,
        BlockLayout layout,
        Arithmetic<T> arithmetic
    )
    {
        (this.activation, this.arithmetic, layers) = (activation, arithmetic, widths.Length);
        width = [inputs, .. widths];
        padded = [.. width.Select(arithmetic.Padded)];
        weight = new long[layers + 1];
        bias = new long[layers + 1];
        transposed = new T*[layers + 1];
        output = new T*[layers + 1];
        slope = new T*[layers + 1];
        adjoint = new T*[layers + 1];
        for (var l = 1; l <= layers; l++)
        {
            weight[l] = layout.Add($"{name}.{l - 1}.weight", 0, width[l - 1], width[l], padded[l]);
            bias[l] = layout.Add($"{name}.{l - 1}.bias", 0, 1, width[l], padded[l]);
            transposed[l] = memory.TakeZeros((long)width[l] * padded[l - 1]);
            Pieces += PiecesOf(l);
        }
    }

    /// <summary>Number of entities.</summary>
    public int Rows { get; private set; }

    /// <summary>Number of blocks of entities.</summary>
    public int Blocks => (Rows + RowsPerBlock - 1) / RowsPerBlock;

    /// <summary>Number of pieces of the gradient.</summary>
    public int Pieces { get; }

    /// <summary>Row length of the inputs.</summary>
    public int InputPadded => padded[0];

    /// <summary>Row length of the outputs.</summary>
    public int OutputPadded => padded[layers];

    /// <summary>Inputs, to be written before <see cref="Forward"/>; their padding is zero.</summary>
    public T* Inputs => output[0];

    /// <summary>Outputs.</summary>
    public T* Outputs => output[layers];

    /// <summary>Adjoint of the inputs, after <see cref="Reverse"/>.</summary>
    public T* InputAdjoint => adjoint[0];

    /// <summary>Adjoint of the outputs, to be written before <see cref="Reverse"/>.</summary>
    public T* OutputAdjoint => adjoint[layers];

    /// <summary>Entities of a block.</summary>
    public (int First, int Count) Block(int index) =>
        (index * RowsPerBlock, Math.Min(RowsPerBlock, Rows - index * RowsPerBlock));

    /// <summary>Takes values, and memory for a number of entities.</summary>
    /// <param name="values">Values in the layout.</param>
    /// <param name="rows">Number of entities.</param>
    /// <param name="arena">Memory of the batch.</param>
    public void Begin(T* values, int rows, Arena<T> arena)
    {
        block = values;
        Rows = rows;
        output[0] = arena.Take((long)rows * padded[0]);
        if (width[0] < padded[0])
        {
            Arithmetic<T>.Clear(output[0], (long)rows * padded[0]);
        }
        for (var l = 1; l <= layers; l++)
        {
            arithmetic.Transpose(block + weight[l], padded[l], transposed[l], padded[l - 1], width[l - 1], width[l]);
            output[l] = arena.Take((long)rows * padded[l]);
            slope[l] = l < layers ? arena.Take((long)rows * padded[l]) : null;
        }
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(Arena<T> arena)
    {
        for (var l = 0; l <= layers; l++)
        {
            adjoint[l] = arena.Take((long)Rows * padded[l]);
        }
    }

    /// <summary>Outputs of a block.</summary>
    public void Forward(int index)
    {
        var (first, count) = Block(index);
        for (var l = 1; l <= layers; l++)
        {
            var (below, above) = (padded[l - 1], padded[l]);
            var target = output[l] + (long)first * above;
            for (var i = 0; i < count; i++)
            {
                Arithmetic<T>.Copy(block + bias[l], target + (long)i * above, above);
            }
            arithmetic.Gemm(
                new(output[l - 1] + (long)first * below, count, width[l - 1], below),
                new(block + weight[l], width[l - 1], above),
                new(target, count, above),
                accumulate: true
            );
            if (l < layers)
            {
                arithmetic.Activate(activation, target, null, slope[l] + (long)first * above, null, count, above);
            }
        }
    }

    /// <summary>Adjoints of a block, from that of its outputs down to that of its inputs.</summary>
    public void Reverse(int index)
    {
        var (first, count) = Block(index);
        for (var l = layers; l >= 1; l--)
        {
            var (below, above) = (padded[l - 1], padded[l]);
            var target = adjoint[l - 1] + (long)first * below;
            arithmetic.Gemm(
                new(adjoint[l] + (long)first * above, count, width[l], above),
                new(transposed[l], width[l], below),
                new(target, count, below),
                accumulate: false
            );
            if (l > 1)
            {
                arithmetic.Multiply(slope[l - 1] + (long)first * below, target, count * below);
            }
        }
    }

    /// <summary>Writes a piece of the gradient: some rows of a weight, and with the first of them the bias.</summary>
    /// <param name="piece">One of <see cref="Pieces"/>.</param>
    /// <param name="gradient">A block of the layout.</param>
    public void WriteGradient(int piece, T* gradient)
    {
        var l = 1;
        while (piece >= PiecesOf(l))
        {
            piece -= PiecesOf(l++);
        }
        var first = piece * WeightRowsPerPiece;
        var above = padded[l];
        arithmetic.Gemm(
            new Matrix<T>(
                output[l - 1] + first,
                Rows,
                Math.Min(WeightRowsPerPiece, width[l - 1] - first),
                padded[l - 1]
            ).Transposed,
            new(adjoint[l], Rows, above),
            new(gradient + weight[l] + (long)first * above, Math.Min(WeightRowsPerPiece, width[l - 1] - first), above),
            accumulate: false
        );
        if (piece == 0)
        {
            Arithmetic<T>.Clear(gradient + bias[l], above);
            arithmetic.AddRows(null, adjoint[l], gradient + bias[l], Rows, above);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => memory.Dispose();

    // At least one, for the bias.
    private int PiecesOf(int l) => Math.Max(1, (width[l - 1] + WeightRowsPerPiece - 1) / WeightRowsPerPiece);
}
