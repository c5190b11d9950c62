using System.Runtime.InteropServices;
using RobustMeta.Models;
using RobustMeta.Runtime;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Engine;

/// <summary>
/// The general engine: TorchSharp's automatic differentiation, for any model. Use it from one thread.
/// </summary>
public sealed class AutogradEngine : IMetaGradientEngine
{
    private readonly MetaRecommender model;
    private readonly Dictionary<string, Tensor> theta;
    private DisposeScope? graph;
    private TaskTensors? batch;
    private Tensor? losses;
    private float[] ragged = [];

    /// <summary>An engine for a model at given parameters, which it reads in place.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameters">Its parameters, as <see cref="MetaRecommender.CreateParameters"/> makes them.</param>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded.</exception>
    public AutogradEngine(MetaRecommender model, ParameterSet parameters)
    {
        NativeLibraries.EnsureLoaded();
        this.model = model;
        Parameters = parameters;
        // Tensors over the parameters' own memory: an optimizer step needs no copy to be seen here.
        theta = parameters.All.ToDictionary(
            p => p.Name,
            p =>
                frombuffer(p.Values, ScalarType.Float32)
                    .view([.. p.Shape.Select(n => (long)n)])
                    .detach()
                    .requires_grad_()
        );
    }

    /// <inheritdoc/>
    public ParameterSet Parameters { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Forward(TaskBatch tasks)
    {
        graph?.Dispose();
        graph = NewDisposeScope();
        batch = TaskTensors.Of(tasks);
        losses = Losses.Of(model.Label, model.Predict(theta, batch, differentiable: true), batch.Query.Labels);
        ragged = Unpad(losses.detach(), tasks);
        return ragged;
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> weights)
    {
        if (losses is null || batch is null)
        {
            throw new InvalidOperationException("Backward needs a Forward of the same batch before it.");
        }
        (losses * Pad(weights, batch)).sum().backward();
        foreach (var parameter in Parameters.All)
        {
            var gradient = theta[parameter.Name].grad;
            if (gradient is null)
            {
                Array.Clear(parameter.Gradient);
                continue;
            }
            Bytes(gradient).CopyTo(MemoryMarshal.AsBytes(parameter.Gradient.AsSpan()));
            gradient.zero_();
        }
        graph?.Dispose();
        (graph, batch, losses) = (null, null, null);
    }

    /// <inheritdoc/>
    public float[] Predict(TaskBatch tasks)
    {
        using var scope = NewDisposeScope();
        var tensors = TaskTensors.Of(tasks);
        return Unpad(model.Predict(theta, tensors, differentiable: false), tasks);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        graph?.Dispose();
        foreach (var tensor in theta.Values)
        {
            tensor.Dispose();
        }
    }

    private static float[] Unpad(Tensor padded, TaskBatch tasks)
    {
        var length = (int)padded.shape[1];
        var values = MemoryMarshal.Cast<byte, float>(Bytes(padded.contiguous()));
        var flat = new float[tasks.QueryItems.Length];
        for (var b = 0; b < tasks.Count; b++)
        {
            values.Slice(b * length, tasks.QueryLength(b)).CopyTo(flat.AsSpan(tasks.QueryOffsets[b]));
        }
        return flat;
    }

    private static Tensor Pad(ReadOnlySpan<float> weights, TaskTensors batch)
    {
        var tasks = batch.Batch;
        var padded = new float[tasks.Count * batch.Query.Length];
        for (var b = 0; b < tasks.Count; b++)
        {
            weights.Slice(tasks.QueryOffsets[b], tasks.QueryLength(b)).CopyTo(padded.AsSpan(b * batch.Query.Length));
        }
        return tensor(padded, [tasks.Count, batch.Query.Length]);
    }

    private static Span<byte> Bytes(Tensor tensor) => tensor.contiguous().bytes;
}
