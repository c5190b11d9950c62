using System.Collections.Immutable;
using System.Runtime.InteropServices;
using RobustMeta.Models;
using RobustMeta.Models.Layers;
using RobustMeta.Runtime;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace RobustMeta.Engine;

/// <summary>
/// The general engine: TorchSharp's automatic differentiation, for any model. A batch is cut into parts of users of like
/// length (<see cref="BatchCut"/>), which run side by side. Use it from one thread; it has workers of its own. Its results
/// do not depend on their number.
/// </summary>
public sealed class AutogradEngine : IMetaGradientEngine
{
    private readonly MetaRecommender model;
    private readonly Dictionary<string, Tensor> learned;
    private readonly Dictionary<string, Tensor> frozen;
    private readonly WorkerPool pool;
    private TrainingPhase phase = TrainingPhase.Main;
    private AutogradPass<float>? pass;
    private float[] supportGradient = [];

    /// <summary>An engine for a model at given parameters, which it reads before each batch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameters">Its parameters, as <see cref="MetaRecommender.CreateParameters"/> makes them.</param>
    /// <param name="threads">Number of threads, the caller's included; 0 for one a processor.</param>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded.</exception>
    public AutogradEngine(MetaRecommender model, ParameterSet parameters, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(parameters);
        NativeLibraries.EnsureLoaded();
        this.model = model;
        Parameters = parameters;
        pool = new(threads > 0 ? threads : Environment.ProcessorCount);
        // Copies: the last digits depend on where the operands lie (see Aligned), and arrays lie elsewhere in each process.
        frozen = parameters.All.ToDictionary(
            p => p.Name,
            p => Aligned.Of(p.Values, ScalarType.Float32, [.. p.Shape.Select(n => (long)n)]).DetachFromDisposeScope()
        );
        learned = parameters
            .All.Where(p => !p.IsState)
            .ToDictionary(p => p.Name, p => frozen[p.Name].detach().requires_grad_().DetachFromDisposeScope());
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
        TaskBatch batch,
        ReadOnlySpan<float> supportWeights = default,
        TrainingPhase? phase = null
    )
    {
        model.CheckTakes(supportWeights);
        this.phase = phase ?? model.Phases[^1];
        pass?.Dispose();
        pass = new(model, this.phase, batch, BatchCut.Of(batch, BatchCut.PartCost(model)), pool);
        supportGradient = [];
        ReadParameters();
        var theta = Parameters.All.ToDictionary(
            p => p.Name,
            p => this.phase.Learns(p) ? learned[p.Name] : frozen[p.Name]
        );
        return pass.Forward(theta, supportWeights);
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> queryWeights, ReadOnlySpan<float> userWeights)
    {
        if (pass is null)
        {
            throw new InvalidOperationException("Backward needs a Forward of the same batch before it.");
        }
        using var scope = NewDisposeScope();
        var targets = Parameters.All.Where(phase.Learns).ToList();
        var (gradients, state, support) = pass.Backward(
            frozen,
            [.. targets.Select(p => learned[p.Name])],
            queryWeights,
            userWeights
        );
        foreach (var parameter in Parameters.All)
        {
            if (!phase.Learns(parameter))
            {
                parameter.Gradient.AsSpan().Clear();
            }
        }
        for (var i = 0; i < targets.Count; i++)
        {
            Sum(gradients[i], targets[i].Gradient);
        }
        foreach (var (name, value) in state)
        {
            Values(value).CopyTo(Parameters[name].Values);
        }
        supportGradient = support;
        pass.Dispose();
        pass = null;
    }

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        ReadParameters();
        return AutogradPass<float>.Predict(model, frozen, batch, BatchCut.Of(batch, BatchCut.PartCost(model)), pool);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pass?.Dispose();
        pool.Dispose();
        foreach (var tensor in learned.Values.Concat(frozen.Values))
        {
            tensor.Dispose();
        }
    }

    // `learned` looks at the same memory.
    private void ReadParameters()
    {
        foreach (var parameter in Parameters.All)
        {
            MemoryMarshal.AsBytes(parameter.Values.AsSpan()).CopyTo(frozen[parameter.Name].bytes);
        }
    }

    private static void Sum(ImmutableArray<Tensor> parts, Span<float> sum)
    {
        if (parts.IsEmpty)
        {
            sum.Clear();
            return;
        }
        Values(parts[0]).CopyTo(sum);
        foreach (var part in parts[1..])
        {
            TensorPrimitives.Add(sum, Values(part), sum);
        }
    }

    private static ReadOnlySpan<float> Values(Tensor tensor) =>
        MemoryMarshal.Cast<byte, float>(tensor.contiguous().bytes);
}
