using System.Collections.Immutable;
using RobustMeta.Models;
using RobustMeta.Robustness.References;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>
/// What a method is fitted from in an experiment: beside training tasks the validation users and how a training is watched and
/// resumed.
/// </summary>
/// <param name="prepared">The data side.</param>
/// <param name="train">Training tasks; all of the split's, or a fold of them.</param>
/// <param name="cancellation">Stops a training after the current batch.</param>
public sealed class ExperimentFit(
    PreparedExperiment prepared,
    ImmutableArray<UserTask> train,
    CancellationToken cancellation = default
) : FitContext(Given(prepared).Source, train, prepared.Spec.Seed, cancellation)
{
    /// <summary>Fitting to all training tasks.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="cancellation">Stops a training after the current batch.</param>
    public ExperimentFit(PreparedExperiment prepared, CancellationToken cancellation = default)
        : this(prepared, Given(prepared).Split.MetaTrain, cancellation) { }

    /// <summary>The data side.</summary>
    public PreparedExperiment Prepared { get; } = prepared;

    /// <summary>Where an interrupted training goes on, or null.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>Is told each epoch, on this thread; or null.</summary>
    public IProgress<EpochRecord>? Progress { get; init; }

    /// <summary>
    /// Fits the method of a cross-fitted reference (<see cref="CrossFittedReference"/>) to some tasks; null fits the one that
    /// the spec names.
    /// </summary>
    public Func<ImmutableArray<UserTask>, IPredictor>? Reference { get; init; }

    private static PreparedExperiment Given(PreparedExperiment prepared) =>
        prepared ?? throw new ArgumentNullException(nameof(prepared));

    /// <summary>The experiment's side of a context.</summary>
    /// <exception cref="ArgumentException">The context is of no experiment.</exception>
    internal static ExperimentFit Of(FitContext context) =>
        context as ExperimentFit
        ?? throw new ArgumentException(
            "A meta-recommender is trained in an experiment, since its best epoch is chosen by validation users: fit it with an "
                + $"{nameof(ExperimentFit)} of prepared data."
        );

    /// <summary>One of several fits of the same run: on some tasks, with a checkpoint of its own and without progress reports.</summary>
    /// <param name="tasks">Training tasks.</param>
    /// <param name="name">Name of the fit, fit for a file's name.</param>
    internal ExperimentFit Of(ImmutableArray<UserTask> tasks, string name) =>
        new(Prepared, tasks, Cancellation) { Checkpoint = Checkpoint?.Of(name) };
}
