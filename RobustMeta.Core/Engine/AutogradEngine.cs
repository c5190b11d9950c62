using System.Collections.Immutable;
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
    private Tensor? support;
    private float[] supportGradient = [];
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
    public ReadOnlySpan<float> SupportGradient => supportGradient;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Forward(TaskBatch tasks, ReadOnlySpan<float> supportWeights = default)
    {
        graph?.Dispose();
        graph = NewDisposeScope();
        batch = TaskTensors.Of(tasks);
        (support, supportGradient) = (null, []);
        if (!supportWeights.IsEmpty)
        {
            support = Pad(supportWeights, tasks.SupportOffsets, batch.Support.Length).requires_grad_();
            batch.SupportWeights = support;
        }
        losses = Losses.Of(model.Label, Scores(batch, differentiable: true), batch.Query.Labels);
        ragged = Unpad(losses.detach(), tasks.QueryOffsets);
        return ragged;
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> queryWeights, ReadOnlySpan<float> userWeights)
    {
        if (losses is null || batch is null)
        {
            throw new InvalidOperationException("Backward needs a Forward of the same batch before it.");
        }
        (losses * Pad(queryWeights, batch.Batch.QueryOffsets, batch.Query.Length)).sum().backward();
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
        if (support is not null)
        {
            supportGradient = support.grad is { } gradient
                ? Unpad(gradient, batch.Batch.SupportOffsets)
                : new float[batch.Batch.SupportItems.Length];
        }
        graph?.Dispose();
        (graph, batch, losses, support) = (null, null, null, null);
    }

    /// <inheritdoc/>
    public float[] Predict(TaskBatch tasks)
    {
        using var scope = NewDisposeScope();
        var tensors = TaskTensors.Of(tasks);
        return Unpad(Scores(tensors, differentiable: false), tasks.QueryOffsets);
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

    private Tensor Scores(TaskTensors tensors, bool differentiable) =>
        model.Predict(theta, tensors, differentiable) + tensors.Query.Base;

    private static float[] Unpad(Tensor padded, ImmutableArray<int> offsets)
    {
        var length = (int)padded.shape[1];
        var values = MemoryMarshal.Cast<byte, float>(Bytes(padded));
        var flat = new float[offsets[^1]];
        for (var b = 0; b < offsets.Length - 1; b++)
        {
            values.Slice(b * length, offsets[b + 1] - offsets[b]).CopyTo(flat.AsSpan(offsets[b]));
        }
        return flat;
    }

    private static Tensor Pad(ReadOnlySpan<float> flat, ImmutableArray<int> offsets, int length)
    {
        var tasks = offsets.Length - 1;
        var padded = new float[tasks * length];
        for (var b = 0; b < tasks; b++)
        {
            flat[offsets[b]..offsets[b + 1]].CopyTo(padded.AsSpan(b * length));
        }
        return tensor(padded, [tasks, length]);
    }

    private static Span<byte> Bytes(Tensor tensor) => tensor.contiguous().bytes;
}
