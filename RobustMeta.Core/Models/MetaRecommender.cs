using System.Collections.Immutable;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// A meta-recommender: a pure function from explicit slow parameters and a batch of tasks to scores of their query
/// items. It holds no parameter values and no state, so nothing can leak from one user to the next: memories and
/// random streams are parameters too, with <see cref="Parameter.IsState"/>.
/// </summary>
public abstract class MetaRecommender
{
    /// <summary>Name as it stands in specs and results.</summary>
    public abstract string Name { get; }

    /// <summary>What is predicted.</summary>
    public abstract LabelKind Label { get; }

    /// <summary>The slow parameters and the state, in order.</summary>
    public abstract ImmutableArray<ParameterShape> Shapes { get; }

    /// <summary>The model as a perceptron that adapts, or null where it is something else.</summary>
    public abstract PerceptronForm? Perceptron { get; }

    /// <summary>The phases of training, in order, at least one.</summary>
    public abstract ImmutableArray<TrainingPhase> Phases { get; }

    /// <summary>What the model can do with <see cref="TaskTensors.SupportWeights"/>.</summary>
    public abstract SupportWeighting SupportWeighting { get; }

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

    /// <summary>Initial values of parameters and state: a function of the seed and the names.</summary>
    public ParameterSet CreateParameters(long seed) => new(Shapes.Select(shape => shape.Create(seed)));
}
