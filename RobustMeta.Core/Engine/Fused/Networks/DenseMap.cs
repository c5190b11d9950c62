using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>
/// A linear map of rows, <c>y = x W (+ b)</c>, whose weights are some rows of a parameter, and its way back. It holds no rows:
/// they stand where its user keeps them.
/// </summary>
internal sealed unsafe class DenseMap<T> : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int WeightRowsPerPiece = 16;

    private readonly Arithmetic<T> arithmetic;
    private readonly int inputs;
    private readonly int outputs;
    private readonly long weight;
    private readonly long? bias;
    private T* block;
    private T* transposed;
    private T* rows;
    private T* adjoints;
    private int count;

    /// <summary>A map whose parameters get places in a layout.</summary>
    /// <param name="weight">Name of the parameter that holds W.</param>
    /// <param name="firstRow">First row of it that belongs to this map.</param>
    /// <param name="bias">Name of b; null for none.</param>
    /// <param name="inputs">Rows of W.</param>
    /// <param name="outputs">Columns of W.</param>
    /// <param name="layout">Receives the parameters.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public DenseMap(
        string weight,
        int firstRow,
        string? bias,
        int inputs,
        int outputs,
        BlockLayout layout,
        Arithmetic<T> arithmetic
    )
    {
        (this.inputs, this.outputs, this.arithmetic) = (inputs, outputs, arithmetic);
        (InputPadded, OutputPadded) = (arithmetic.Padded(inputs), arithmetic.Padded(outputs));
        this.weight = layout.Add(weight, firstRow, inputs, outputs, OutputPadded);
        this.bias = bias is null ? null : layout.Add(bias, 0, 1, outputs, OutputPadded);
    }

    /// <inheritdoc/>
    /// <remarks>At least one, for the bias.</remarks>
    public int Pieces => Math.Max(1, (inputs + WeightRowsPerPiece - 1) / WeightRowsPerPiece);

    /// <summary>Row length of the inputs.</summary>
    public int InputPadded { get; }

    /// <summary>Row length of the outputs.</summary>
    public int OutputPadded { get; }

    /// <summary>Takes values.</summary>
    /// <param name="values">Values in the layout.</param>
    /// <param name="arena">Memory of the batch.</param>
    public void Begin(T* values, Arena<T> arena)
    {
        block = values;
        var size = (long)outputs * InputPadded;
        transposed = inputs < InputPadded ? arena.TakeZeros(size) : arena.Take(size);
        arithmetic.Transpose(block + weight, OutputPadded, transposed, InputPadded, inputs, outputs);
    }

    /// <summary>Outputs of some rows, or added to what is there.</summary>
    public void Apply(T* x, T* y, int number, bool accumulate)
    {
        for (var i = 0; i < number && bias is not null; i++)
        {
            var row = y + (long)i * OutputPadded;
            if (accumulate)
            {
                arithmetic.AddScaled(T.One, block + bias.Value, row, OutputPadded);
            }
            else
            {
                Arithmetic<T>.Copy(block + bias.Value, row, OutputPadded);
            }
        }
        arithmetic.Gemm(
            new(x, number, inputs, InputPadded),
            new(block + weight, inputs, OutputPadded),
            new(y, number, OutputPadded),
            accumulate || bias is not null
        );
    }

    /// <summary>Adjoints of the inputs of some rows from those of their outputs, or added to what is there.</summary>
    public void Pull(T* outputAdjoint, T* inputAdjoint, int number, bool accumulate) =>
        arithmetic.Gemm(
            new(outputAdjoint, number, outputs, OutputPadded),
            new(transposed, outputs, InputPadded),
            new(inputAdjoint, number, InputPadded),
            accumulate
        );

    /// <summary>Notes the rows that the gradient is of, to be there when it is written.</summary>
    /// <param name="x">Inputs of all rows.</param>
    /// <param name="outputAdjoint">Adjoints of their outputs.</param>
    /// <param name="number">Number of rows.</param>
    public void Collect(T* x, T* outputAdjoint, int number)
    {
        rows = x;
        adjoints = outputAdjoint;
        count = number;
    }

    /// <inheritdoc/>
    public void WriteGradient(int piece, T* gradient)
    {
        var first = piece * WeightRowsPerPiece;
        var own = Math.Min(WeightRowsPerPiece, inputs - first);
        arithmetic.Gemm(
            new Matrix<T>(rows + first, count, own, InputPadded).Transposed,
            new(adjoints, count, OutputPadded),
            new(gradient + weight + (long)first * OutputPadded, own, OutputPadded),
            accumulate: false
        );
        if (piece == 0 && bias is not null)
        {
            Arithmetic<T>.Clear(gradient + bias.Value, OutputPadded);
            arithmetic.AddRows(null, adjoints, gradient + bias.Value, count, OutputPadded);
        }
    }
}
