using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

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

    /// <summary>Where W and its transpose stand.</summary>
    public FieldMap<T>.Weights Weights => new(block + weight, transposed, outputs, InputPadded, OutputPadded);

    /// <summary>Takes values.</summary>
    /// <param name="values">Values in the layout.</param>
    /// <param name="arena">Memory of the batch.</param>
    public void Begin(T* values, Arena<T> arena)
    {
        block = values;
        // A vector more: whoever takes some columns reads whole vectors.
        var size = (long)outputs * InputPadded + arithmetic.Lanes;
        transposed = inputs < InputPadded ? arena.TakeZeros(size) : arena.Take(size);
        arithmetic.Transpose(block + weight, OutputPadded, transposed, InputPadded, inputs, outputs);
    }

    /// <summary>Outputs of some rows, or added to what is there.</summary>
    public void Apply(T* x, T* y, int number, bool accumulate)
    {
        accumulate = AddBias(y, number, accumulate);
        arithmetic.Gemm(
            new(x, number, inputs, InputPadded),
            new(block + weight, inputs, OutputPadded),
            new(y, number, OutputPadded),
            accumulate
        );
    }

    /// <summary>Writes the bias to some rows of outputs, or adds it, and says whether more has to be added to what is there.</summary>
    public bool AddBias(T* y, int number, bool accumulate)
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
        return accumulate || bias is not null;
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
        var (first, count) = RowsOf(piece);
        if (count > 0)
        {
            WriteRows(first, count, rows + first, InputPadded, adjoints, this.count, gradient);
        }
        WriteBias(piece, gradient);
    }

    /// <summary>Writes a piece, but for rows of W that belong to shared fields.</summary>
    public void WriteGradient(int piece, FieldMap<T> fields, T* gradient)
    {
        var (from, length) = RowsOf(piece);
        foreach (var range in fields.Tables.Ranges)
        {
            var (first, end) = (Math.Max(from, range.Start), Math.Min(from + length, range.Start + range.Width));
            if (first < end)
            {
                var columns = rows + fields.Place(range.FirstField) + (first - range.Start);
                WriteRows(first, end - first, columns, fields.RowWidth, adjoints, count, gradient);
            }
        }
        WriteBias(piece, gradient);
    }

    private (int First, int Count) RowsOf(int piece)
    {
        var first = piece * WeightRowsPerPiece;
        return (first, Math.Min(WeightRowsPerPiece, inputs - first));
    }

    private void WriteBias(int piece, T* gradient)
    {
        if (piece == 0 && bias is not null)
        {
            Arithmetic<T>.Clear(gradient + bias.Value, OutputPadded);
            arithmetic.AddRows(null, adjoints, gradient + bias.Value, count, OutputPadded);
        }
    }

    /// <summary>Writes the gradient of some rows of W, as far as some rows of inputs say it.</summary>
    /// <param name="first">First row of W.</param>
    /// <param name="own">Number of rows of W.</param>
    /// <param name="x">Their columns of the inputs.</param>
    /// <param name="stride">Row length of the inputs.</param>
    /// <param name="outputAdjoint">Adjoints of the outputs.</param>
    /// <param name="number">Number of rows of inputs.</param>
    /// <param name="gradient">A block of the layout.</param>
    public void WriteRows(int first, int own, T* x, int stride, T* outputAdjoint, int number, T* gradient) =>
        arithmetic.Gemm(
            new Matrix<T>(x, number, own, stride).Transposed,
            new(outputAdjoint, number, OutputPadded),
            new(gradient + weight + (long)first * OutputPadded, own, OutputPadded),
            accumulate: false
        );
}
