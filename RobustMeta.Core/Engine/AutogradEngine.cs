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
    private readonly Dictionary<string, Tensor> learned;
    private readonly Dictionary<string, Tensor> frozen;
    private DisposeScope? graph;
    private TaskTensors? batch;
    private Prediction? prediction;
    private TrainingPhase phase = TrainingPhase.Main;
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
        frozen = parameters.All.ToDictionary(
            p => p.Name,
            p => frombuffer(p.Values, ScalarType.Float32).view([.. p.Shape.Select(n => (long)n)]).detach()
        );
        learned = parameters
            .All.Where(p => !p.IsState)
            .ToDictionary(p => p.Name, p => frozen[p.Name].detach().requires_grad_());
    }

    /// <inheritdoc/>
    public ParameterSet Parameters { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> SupportGradient =>
        supportGradient.Length == 0 || model.SupportWeighting == SupportWeighting.Differentiable
            ? supportGradient
            : throw new NotSupportedException(
                $"{model.Name} adapts to first order: its objective has no derivative with respect to support weights. "
                    + "Take order = second, or leave the support level out."
            );

    /// <inheritdoc/>
    public ReadOnlySpan<float> Forward(
        TaskBatch tasks,
        ReadOnlySpan<float> supportWeights = default,
        TrainingPhase? phase = null
    )
    {
        if (!supportWeights.IsEmpty && model.SupportWeighting == SupportWeighting.Refused)
        {
            throw new NotSupportedException(
                $"{model.Name} has no place for weights of support interactions: leave the support level out."
            );
        }
        this.phase = phase ?? model.Phases[^1];
        graph?.Dispose();
        graph = NewDisposeScope();
        batch = TaskTensors.Of(tasks);
        (support, supportGradient) = (null, []);
        if (!supportWeights.IsEmpty)
        {
            support = Pad(supportWeights, tasks.SupportOffsets, batch.Support.Length).requires_grad_();
            batch.SupportWeights = support;
        }
        var theta = Parameters.All.ToDictionary(
            p => p.Name,
            p => this.phase.Learns(p) ? learned[p.Name] : frozen[p.Name]
        );
        prediction = model.Predict(theta, batch, this.phase);
        losses = Losses.Of(model.Label, prediction.Scores + batch.Query.Base, batch.Query.Labels);
        ragged = Unpad(losses.detach(), tasks.QueryOffsets);
        return ragged;
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> queryWeights, ReadOnlySpan<float> userWeights)
    {
        if (losses is null || batch is null || prediction is null)
        {
            throw new InvalidOperationException("Backward needs a Forward of the same batch before it.");
        }
        var objective = Objective(losses, prediction, batch, queryWeights, userWeights);
        if (objective.requires_grad)
        {
            objective.backward();
        }
        foreach (var parameter in Parameters.All)
        {
            TakeGradient(parameter);
        }
        foreach (var (name, value) in prediction.State)
        {
            Bytes(value).CopyTo(MemoryMarshal.AsBytes(Parameters[name].Values.AsSpan()));
        }
        if (support is not null)
        {
            supportGradient = support.grad is { } gradient
                ? Unpad(gradient, batch.Batch.SupportOffsets)
                : new float[batch.Batch.SupportItems.Length];
        }
        graph?.Dispose();
        (graph, batch, losses, prediction, support) = (null, null, null, null, null);
    }

    /// <inheritdoc/>
    public float[] Predict(TaskBatch tasks)
    {
        using var scope = NewDisposeScope();
        var tensors = TaskTensors.Of(tasks);
        var scores = model.Predict(frozen, tensors, training: null).Scores + tensors.Query.Base;
        return Unpad(scores.detach(), tasks.QueryOffsets);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        graph?.Dispose();
        foreach (var tensor in learned.Values.Concat(frozen.Values))
        {
            tensor.Dispose();
        }
    }

    private static Tensor Objective(
        Tensor losses,
        Prediction prediction,
        TaskTensors batch,
        ReadOnlySpan<float> queryWeights,
        ReadOnlySpan<float> userWeights
    )
    {
        var own = prediction.QueryLoss is { } queryLoss ? losses + queryLoss : losses;
        var objective = (own * Pad(queryWeights, batch.Batch.QueryOffsets, batch.Query.Length)).sum();
        if (prediction.UserLoss is { } userLoss)
        {
            objective += (userLoss * tensor(userWeights.ToArray())).sum();
        }
        return prediction.BatchLoss is { } batchLoss ? objective + batchLoss : objective;
    }

    // Moves the gradient out of the tensor, so that the next pass starts from zero.
    private void TakeGradient(Parameter parameter)
    {
        if (!phase.Learns(parameter) || learned[parameter.Name].grad is not { } gradient)
        {
            Array.Clear(parameter.Gradient);
            return;
        }
        Bytes(gradient).CopyTo(MemoryMarshal.AsBytes(parameter.Gradient.AsSpan()));
        gradient.zero_();
    }

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
