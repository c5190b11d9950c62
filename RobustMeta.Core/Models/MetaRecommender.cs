using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// A meta-recommender: a pure function from explicit meta-parameters and a batch of tasks to scores of their query
/// items. It holds no parameter values and no state, so nothing can leak from one user to the next: memories and
/// random streams are parameters too, with <see cref="Parameter.IsState"/>.
/// </summary>
/// <param name="name">Name as it stands in specs and results.</param>
/// <param name="label">What is predicted.</param>
public abstract class MetaRecommender(string name, LabelKind label)
{
    /// <summary>Name as it stands in specs and results.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    // An argument that a constructor hands on before its own body.
    private protected static T Given<T>(T? argument, [CallerArgumentExpression(nameof(argument))] string? name = null)
        where T : class => argument ?? throw new ArgumentNullException(name);

    /// <summary>What is predicted.</summary>
    public LabelKind Label { get; } = label;

    /// <summary>The meta-parameters and the state, in order.</summary>
    public ImmutableArray<ParameterShape> Shapes { get; protected init; } = [];

    /// <summary>The phases of training, in order, at least one.</summary>
    public ImmutableArray<TrainingPhase> Phases { get; protected init; } = [TrainingPhase.Main];

    /// <summary>What the model can do with <see cref="TaskTensors.SupportWeights"/>.</summary>
    public SupportWeighting SupportWeighting { get; protected init; }

    /// <summary>
    /// Whether the labels of a user's support change the scores. A model without adaptation says false, and so does one that
    /// reads only which items a support has; the contract tests then ask that support labels do not act, and not that they help.
    /// </summary>
    public bool AdaptsToLabels { get; protected init; } = true;

    /// <summary>Scores of the query items after adaptation on the support, and what else the model minimises.</summary>
    /// <param name="theta">
    /// Slow parameters and state by name. In training those that <paramref name="training"/> learns require gradients
    /// and the result can be differentiated with respect to them; in evaluation none does.
    /// </param>
    /// <param name="batch">The tasks; scores in evaluation do not depend on query labels.</param>
    /// <param name="training">One of <see cref="Phases"/>, or null for evaluation.</param>
    public abstract Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    );

    /// <summary>
    /// The only place where the users of a batch meet: a loss of the batch as a whole, and the state after it, from what all
    /// users handed in (<see cref="Prediction.Shared"/>). Most models have neither.
    /// </summary>
    /// <param name="theta">Slow parameters and state by name, all of them as constants: gradients go through the rows.</param>
    /// <param name="shared">Rows of all users of the batch, in its order.</param>
    /// <param name="training">One of <see cref="Phases"/>.</param>
    public virtual BatchTerms Together(
        IReadOnlyDictionary<string, Tensor> theta,
        IReadOnlyList<Tensor> shared,
        TrainingPhase training
    ) => BatchTerms.None;

    /// <summary>
    /// Replaces initial values by ones that are computed from the training tasks, in models that know such a start: a
    /// closed-form solution that gradient steps then improve on. Most models do nothing here.
    /// </summary>
    /// <param name="parameters">As <see cref="CreateParameters"/> makes them; written in place.</param>
    /// <param name="train">All meta-training tasks, with bias offsets if the model predicts on top of some.</param>
    /// <param name="seed">Seed of anything random.</param>
    /// <param name="threads">Number of threads, 0 for one a processor; the values do not depend on it.</param>
    public virtual void Start(ParameterSet parameters, TaskBatch train, long seed, int threads = 0) { }

    /// <summary>Whether <see cref="Start"/> fits the model, so that training may have little to add to it.</summary>
    public virtual bool StartsFitted => false;

    /// <summary>Refuses weights of support interactions where the model has no place for them.</summary>
    /// <param name="supportWeights">The weights, or empty.</param>
    /// <exception cref="NotSupportedException">There are weights, and the model takes none.</exception>
    internal void CheckTakes(ReadOnlySpan<float> supportWeights)
    {
        if (!supportWeights.IsEmpty && SupportWeighting == SupportWeighting.Refused)
        {
            throw new NotSupportedException(
                $"{Name} has no place for weights of support interactions: leave the support level out."
            );
        }
    }

    /// <summary>Initial values of parameters and state: a function of the seed and the names.</summary>
    public ParameterSet CreateParameters(long seed) => new(Shapes.Select(shape => shape.Create(seed)));
}
