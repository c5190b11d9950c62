using System.Diagnostics;
using RobustMeta.Engine.Fused;
using RobustMeta.Engine.Fused.Classes;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Perceptron;
using RobustMeta.Engine.Fused.Processes;
using RobustMeta.Engine.Fused.Ridge;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine;

/// <summary>
/// The fast engine, for models that are an adapting perceptron (<see cref="PerceptronForm"/>), a ridge head on item
/// vectors (<see cref="RidgeForm"/>), pooled classes (<see cref="ClassForm"/>) or a neural process (<see cref="ProcessForm"/>):
/// hand-derived exact gradients on vector units, without automatic differentiation and without padding. Use it from one thread; it has workers of its own. Its results do not depend on their number.
/// </summary>
public sealed class FusedEngine : IMetaGradientEngine
{
    private readonly MetaRecommender model;
    private readonly IFusedCore<float> core;

    /// <summary>An engine for a model at given parameters, which it reads in place.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameters">Its parameters, as <see cref="MetaRecommender.CreateParameters"/> makes them.</param>
    /// <param name="threads">Number of threads, the caller's included; 0 for one a processor.</param>
    /// <param name="vectorBits">Width of vectors: 512, 256, 128, or 0 for the widest that the processor accelerates.</param>
    /// <exception cref="NotSupportedException">The model is of none of these forms (see <see cref="Refusal"/>).</exception>
    public FusedEngine(MetaRecommender model, ParameterSet parameters, int threads = 0, int vectorBits = 0)
        : this(model, parameters, threads, vectorBits == 0 ? Arithmetic<float>.Best : Arithmetic<float>.Of(vectorBits))
    { }

    /// <summary>An engine on an arithmetic of the caller's, for measurements.</summary>
    internal FusedEngine(MetaRecommender model, ParameterSet parameters, int threads, Arithmetic<float> arithmetic)
    {
        if (Refusal(model) is { } reason)
        {
            throw new NotSupportedException($"{reason}: take engine = auto or autograd.");
        }
        this.model = model;
        Parameters = parameters;
        VectorName = arithmetic.Name;
        var arrays = ParameterArrays<float>.Of(parameters);
        var workers = threads > 0 ? threads : Environment.ProcessorCount;
        core = model switch
        {
            IHasForm<RidgeForm> { Form: var form } => new FusedRidge<float>(
                form,
                model.Label,
                arrays,
                workers,
                arithmetic
            ),
            IHasForm<PerceptronForm> { Form: var form } => new FusedPerceptron<float>(
                form,
                model.Label,
                arrays,
                workers,
                arithmetic
            ),
            IHasForm<ClassForm> { Form: var form } => new FusedClasses<float>(
                form,
                model.Label,
                arrays,
                workers,
                arithmetic
            ),
            IHasForm<ProcessForm> { Form: var form } => new FusedProcess<float>(
                form,
                model.Label,
                arrays,
                workers,
                arithmetic
            ),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Why the engine cannot compute a model, or null where it can.</summary>
    public static string? Refusal(MetaRecommender model) =>
        model switch
        {
            IHasForm<RidgeForm> { Form.Schema.Exposure: not null }
            or IHasForm<PerceptronForm> { Form.Schema.Exposure: not null }
            or IHasForm<ProcessForm> { Form.Schema.Exposure: not null } =>
                $"{model.Name} takes the exposure of the support as an input (userExposure)",
            IHasForm<RidgeForm> or IHasForm<ClassForm> or IHasForm<ProcessForm> => null,
            _ => PerceptronShape.Refusal(model),
        };

    /// <summary>Width of the vectors in use, for reports.</summary>
    public string VectorName { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> SupportGradient =>
        core.SupportGradient.Length == 0 || model.SupportWeighting == SupportWeighting.Differentiable
            ? core.SupportGradient
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
        return core.Forward(batch, supportWeights);
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> queryWeights, ReadOnlySpan<float> userWeights)
    {
        core.Backward(queryWeights, userWeights);
        foreach (var (name, rows) in core.Touched)
        {
            Parameters[name].TouchedRows = rows;
        }
        foreach (var (name, values) in core.NewState)
        {
            values.CopyTo(Parameters[name].Values, 0);
        }
    }

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch) => core.Predict(batch);

    /// <inheritdoc/>
    public void Dispose() => core.Dispose();
}
