using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>
/// The encoder of points (item, user, residual) without its last layer, which is linear and so belongs behind the mean over points:
/// layers 0 and 1 with rectifiers.
/// </summary>
internal sealed unsafe class SetEncoder<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Arithmetic<T> arithmetic;
    private readonly PointLayer<T> first;
    private readonly RowNetwork<T> second;

    /// <summary>An encoder whose parameters get places in a layout.</summary>
    /// <param name="name">Prefix of the parameter names.</param>
    /// <param name="inputs">Width of an encoded item and of an encoded user.</param>
    /// <param name="hidden">Width of layer 0.</param>
    /// <param name="outputs">Width of layer 1.</param>
    /// <param name="layout">Receives the parameters.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public SetEncoder(string name, int inputs, int hidden, int outputs, BlockLayout layout, Arithmetic<T> arithmetic)
    {
        this.arithmetic = arithmetic;
        first = new($"{name}.0", inputs, 0, hidden, layout, arithmetic);
        second = new(hidden, [new($"{name}.1", outputs, Activation.Relu)], layout, arithmetic);
        Mean = new(second.OutputPadded, arithmetic);
    }

    /// <summary>Gradients of the parameters.</summary>
    public IReadOnlyList<IGradientPieces<T>> Gradients => [.. first.Gradients, second];

    /// <summary>Means of encoded rows.</summary>
    public WeightedMean<T> Mean { get; }

    /// <summary>An encoded row.</summary>
    public T* Row(int row) => second.Outputs + (long)row * second.OutputPadded;

    /// <summary>Adjoint of an encoded row, to be written before <see cref="Reverse"/>.</summary>
    public T* Adjoint(int row) => second.OutputAdjoint + (long)row * second.OutputPadded;

    /// <summary>Takes values, and memory for so many rows.</summary>
    public void Begin(T* values, ProcessBatch<T> batch, int rows, Arena<T> arena)
    {
        first.Begin(values, batch, arena);
        second.Begin(values, rows, arena);
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(ProcessBatch<T> batch, Arena<T> arena)
    {
        second.BeginReverse(arena);
        first.BeginReverse(batch, arena, null, second.InputAdjoint, second.Rows);
    }

    /// <inheritdoc cref="PointLayer{T}.EncodeItems"/>
    public void EncodeItems(ProcessBatch<T> batch, int firstItem, int count) =>
        first.EncodeItems(batch, firstItem, count);

    /// <summary>The part of some users.</summary>
    public void EncodeUsers(ProcessBatch<T> batch, Chunk chunk) => first.EncodeUsers(batch, chunk, null);

    /// <summary>Encodes the rows of one side of some users.</summary>
    public void Forward(ProcessBatch<T> batch, Chunk chunk, bool isQuery)
    {
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            first.Forward(batch, u, batch.RowsOf(u, isQuery), second.Inputs);
        }
        var rows = batch.RowsOf(chunk, isQuery);
        var inputs = second.Inputs + (long)rows.First * first.Padded;
        arithmetic.Activate(Activation.Relu, inputs, null, null, null, rows.Count, first.Padded);
        second.Forward(rows.First, rows.Count);
    }

    /// <summary>Adjoints of the rows of one side of some users, down to the users' part.</summary>
    public void Reverse(ProcessBatch<T> batch, Chunk chunk, bool isQuery)
    {
        var rows = batch.RowsOf(chunk, isQuery);
        second.Reverse(rows.First, rows.Count);
        var start = (long)rows.First * first.Padded;
        var size = rows.Count * first.Padded;
        arithmetic.MultiplyStep(second.Inputs + start, T.Zero, second.InputAdjoint + start, size);
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            first.Reverse(u, batch.RowsOf(u, isQuery));
        }
    }

    /// <inheritdoc cref="PointLayer{T}.ReverseItems"/>
    public void ReverseItems(ProcessBatch<T> batch, int firstItem, int count, T* target, bool accumulate) =>
        first.ReverseItems(batch, firstItem, count, target, accumulate);

    /// <inheritdoc cref="PointLayer{T}.ReverseUsers"/>
    public void ReverseUsers(Chunk chunk, T* target, bool accumulate) => first.ReverseUsers(chunk, target, accumulate);
}
