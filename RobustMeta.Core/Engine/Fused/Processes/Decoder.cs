using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>From item, user and latent variable to a score, by three layers that the task embedding modulates and a linear output.</summary>
internal sealed unsafe class Decoder<T> : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Arithmetic<T> arithmetic;
    private readonly PointLayer<T> first;
    private readonly DenseMap<T>[] maps;
    private readonly ModulatedRows<T>[] layers;
    private readonly long output;
    private readonly long outputBias;
    private readonly VectorGradient<T> ofOutput;
    private readonly NumberGradient<T> ofOutputBias;
    private readonly PieceList<T> pieces;
    private T* block;

    /// <summary>A decoder whose parameters get places in a layout.</summary>
    /// <param name="spec">Widths and modulation.</param>
    /// <param name="layout">Receives the parameters.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public Decoder(TaNPSpec spec, BlockLayout layout, Arithmetic<T> arithmetic)
    {
        this.arithmetic = arithmetic;
        var (wide, narrow) = (spec.HiddenDim1, spec.HiddenDim2);
        first = new("decoder.0", narrow, spec.ZDim, wide, layout, arithmetic);
        maps =
        [
            new("decoder.1.weight", 0, "decoder.1.bias", wide, wide, layout, arithmetic),
            new("decoder.2.weight", 0, "decoder.2.bias", wide, narrow, layout, arithmetic),
        ];
        layers =
        [
            new("decoder.0", narrow, wide, spec.Modulation, layout, arithmetic),
            new("decoder.1", narrow, wide, spec.Modulation, layout, arithmetic),
            new("decoder.2", narrow, narrow, spec.Modulation, layout, arithmetic),
        ];
        output = layout.Add("output.0.weight", 0, 1, narrow, layers[^1].Padded);
        outputBias = layout.Add("output.0.bias", 0, 1, 1, 1);
        (ofOutput, ofOutputBias) = (new(output, layers[^1].Padded, arithmetic), new(outputBias));
        pieces = new([.. first.Gradients, .. maps, .. layers.SelectMany(l => l.Gradients), ofOutput, ofOutputBias]);
    }

    /// <inheritdoc/>
    public int Pieces => pieces.Pieces;

    /// <summary>Takes values, and memory for a batch.</summary>
    public void Begin(T* values, ProcessBatch<T> batch, Arena<T> arena)
    {
        block = values;
        first.Begin(values, batch, arena);
        foreach (var map in maps)
        {
            map.Begin(values, arena);
        }
        foreach (var layer in layers)
        {
            layer.Begin(values, batch, arena);
        }
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(ProcessBatch<T> batch, T* latents, T* tasks, Arena<T> arena)
    {
        var rows = batch.SupportRows + batch.QueryRows;
        foreach (var layer in layers)
        {
            layer.BeginReverse(batch, tasks, arena);
        }
        for (var l = 1; l < layers.Length; l++)
        {
            maps[l - 1].Collect(layers[l - 1].Outputs, layers[l].Adjoint, rows);
        }
        first.BeginReverse(batch, arena, latents, layers[0].Adjoint, rows);
        ofOutput.Collect(batch.Slopes, layers[^1].Outputs, rows);
        ofOutputBias.Collect(batch.Slopes, rows);
    }

    /// <inheritdoc cref="PointLayer{T}.EncodeItems"/>
    public void EncodeItems(ProcessBatch<T> batch, int firstItem, int count) =>
        first.EncodeItems(batch, firstItem, count);

    /// <summary>What is computed once a user, for some users.</summary>
    public void EncodeUsers(ProcessBatch<T> batch, Chunk chunk, T* latents, T* tasks)
    {
        first.EncodeUsers(batch, chunk, latents);
        foreach (var layer in layers)
        {
            layer.EncodeUsers(chunk, tasks);
        }
    }

    /// <summary>Scores, without their bias offset, of the rows of one side of some users.</summary>
    public void Forward(ProcessBatch<T> batch, Chunk chunk, bool isQuery)
    {
        var rows = batch.RowsOf(chunk, isQuery);
        for (var l = 0; l < layers.Length; l++)
        {
            var layer = layers[l];
            if (l > 0)
            {
                var below = layers[l - 1].Outputs + (long)rows.First * layers[l - 1].Padded;
                var above = layer.Inputs + (long)rows.First * layer.Padded;
                maps[l - 1].Apply(below, above, rows.Count, accumulate: false);
            }
            for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
            {
                var own = batch.RowsOf(u, isQuery);
                if (l == 0)
                {
                    first.Forward(batch, u, own, layer.Inputs);
                }
                layer.Forward(u, own);
            }
        }
        var top = layers[^1];
        arithmetic.RowDots(
            top.Outputs + (long)rows.First * top.Padded,
            block + output,
            T.One,
            block[outputBias],
            batch.Slopes + rows.First,
            rows.Count,
            top.Padded,
            accumulate: false
        );
    }

    /// <summary>Adjoints of the rows of one side of some users, from those of their scores down to the users' parts.</summary>
    public void Reverse(ProcessBatch<T> batch, Chunk chunk, bool isQuery)
    {
        var rows = batch.RowsOf(chunk, isQuery);
        var top = layers[^1];
        arithmetic.Outer(
            batch.Slopes + rows.First,
            T.One,
            block + output,
            top.Adjoint + (long)rows.First * top.Padded,
            rows.Count,
            top.Padded,
            accumulate: false
        );
        for (var l = layers.Length - 1; l >= 0; l--)
        {
            var layer = layers[l];
            for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
            {
                var own = batch.RowsOf(u, isQuery);
                layer.Reverse(u, own);
                if (l == 0)
                {
                    first.Reverse(u, own);
                }
            }
            if (l > 0)
            {
                var above = layer.Adjoint + (long)rows.First * layer.Padded;
                var below = layers[l - 1].Adjoint + (long)rows.First * layers[l - 1].Padded;
                maps[l - 1].Pull(above, below, rows.Count, accumulate: false);
            }
        }
    }

    /// <summary>Adjoints of what is computed once a user, when all rows of the users have gone back.</summary>
    /// <param name="chunk">The users.</param>
    /// <param name="latentAdjoint">Receives adjoints of the latent variables.</param>
    /// <param name="taskAdjoint">Adjoints of the task embeddings, added to.</param>
    /// <param name="userAdjoint">Receives adjoints of the encoded users.</param>
    public void ReverseUsers(Chunk chunk, T* latentAdjoint, T* taskAdjoint, T* userAdjoint)
    {
        foreach (var layer in layers)
        {
            layer.ReverseUsers(chunk, taskAdjoint);
        }
        first.ReverseLatents(chunk, latentAdjoint);
        first.ReverseUsers(chunk, userAdjoint, accumulate: false);
    }

    /// <inheritdoc cref="PointLayer{T}.ReverseItems"/>
    public void ReverseItems(ProcessBatch<T> batch, int firstItem, int count, T* target, bool accumulate) =>
        first.ReverseItems(batch, firstItem, count, target, accumulate);

    /// <inheritdoc/>
    public void WriteGradient(int piece, T* gradient) => pieces.WriteGradient(piece, gradient);
}
