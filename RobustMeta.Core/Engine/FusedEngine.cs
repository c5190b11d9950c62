using RobustMeta.Engine.Fused;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Perceptron;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine;

/// <summary>
/// The fast engine, for models that are an adapting perceptron (<see cref="PerceptronForm"/>, MAML included), a ridge head on item
/// vectors (<see cref="RidgeForm"/>), pooled classes (<see cref="ClassForm"/>), a neural process (<see cref="ProcessForm"/>), a
/// base network of users' vectors (<see cref="UserVectorForm"/>), MAMO's joined networks (<see cref="MamoForm"/>), a matrix
/// factorisation whose users are folded in (<see cref="FactorForm"/>) or two of them (<see cref="SafeForm"/>): hand-derived exact gradients on vector units, without automatic
/// differentiation and without padding. Use it from one thread; it has workers of its own. Its results do not depend on their
/// number.
/// </summary>
public sealed class FusedEngine : IMetaGradientEngine, IPartEngine
{
    private readonly MetaRecommender model;
    private readonly Func<TrainingPhase, IFusedCore<float>> create;

    // One a phase of training, made where it is first used.
    private readonly IFusedCore<float>?[] cores;
    private int current;
    private int? written;

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
        create = phase => FusedCores.Create(model, phase, arrays, workers, arithmetic);
        cores = new IFusedCore<float>?[model.Phases.Length];
        current = cores.Length - 1;
        _ = Core(current);
    }

    /// <summary>Why the engine cannot compute a model, or null where it can.</summary>
    public static string? Refusal(MetaRecommender model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model switch
        {
            IHasForm<RidgeForm> or IHasForm<ClassForm> or IHasForm<ProcessForm> => null,
            IHasForm<UserVectorForm> or IHasForm<MamoForm> or IHasForm<FactorForm> => null,
            IHasForm<SafeForm> => null,
            _ => PerceptronShape.Refusal(model),
        };
    }

    /// <summary>Width of the vectors in use, for reports.</summary>
    public string VectorName { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> SupportGradient =>
        Core(current).SupportGradient.Length == 0 || model.SupportWeighting == SupportWeighting.Differentiable
            ? Core(current).SupportGradient
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
        current = phase is null ? cores.Length - 1 : model.Phases.IndexOf(phase);
        return current >= 0
            ? Core(current).Forward(batch, supportWeights)
            : throw new ArgumentException(
                $"{model.Name} has no phase '{phase!.Name}'; expected one of "
                    + string.Join(", ", model.Phases.Select(p => p.Name)),
                nameof(phase)
            );
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> queryWeights, ReadOnlySpan<float> userWeights)
    {
        var core = Core(current);
        core.Backward(queryWeights, userWeights);
        Publish(core);
    }

    /// <inheritdoc/>
    bool IPartEngine.TakesParts(TrainingPhase phase) =>
        model.Phases.IndexOf(phase) is >= 0 and var place && Core(place) is IPartCore<float> { TakesParts: true };

    /// <inheritdoc/>
    ReadOnlySpan<float> IPartEngine.ForwardParts(TaskBatch batch, ReadOnlySpan<int> ends, TrainingPhase phase)
    {
        current = model.Phases.IndexOf(phase);
        return Parts.ForwardParts(batch, ends);
    }

    /// <inheritdoc/>
    double[,] IPartEngine.PartProducts() => Parts.PartProducts();

    /// <inheritdoc/>
    void IPartEngine.BackwardParts(ReadOnlySpan<float> factors)
    {
        Parts.BackwardParts(factors);
        Publish(Parts);
    }

    private IPartCore<float> Parts => (IPartCore<float>)Core(current);

    // Which rows have gradients, and the new state.
    private void Publish(IFusedCore<float> core)
    {
        if (current != written)
        {
            ForgetOthers(model.Phases[current]);
            written = current;
        }
        foreach (var (name, rows) in core.Touched)
        {
            Parameters[name].TouchedRows = rows;
        }
        foreach (var (name, values) in core.NewState)
        {
            values.CopyTo(Parameters[name].Values.AsSpan());
        }
    }

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch) => Core(cores.Length - 1).Predict(batch);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var core in cores)
        {
            core?.Dispose();
        }
    }

    private IFusedCore<float> Core(int phase) => cores[phase] ??= create(model.Phases[phase]);

    // A core writes the gradients of what its phase learns. Those that another phase left are cleared once.
    private void ForgetOthers(TrainingPhase phase)
    {
        foreach (var parameter in Parameters.All)
        {
            parameter.TouchedRows = null;
            if (!phase.Learns(parameter))
            {
                parameter.Gradient.AsSpan().Clear();
            }
        }
    }
}
