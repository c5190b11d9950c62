using System.Collections.Immutable;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// A meta-recommender: a pure function from explicit slow parameters and a batch of tasks to scores of their query
/// items. It holds no parameter values and no state, so nothing can leak from one user to the next.
/// </summary>
public abstract class MetaRecommender
{
    /// <summary>Name as it stands in specs and results.</summary>
    public abstract string Name { get; }

    /// <summary>What is predicted.</summary>
    public abstract LabelKind Label { get; }

    /// <summary>The slow parameters, in order.</summary>
    public abstract ImmutableArray<ParameterShape> Shapes { get; }

    /// <summary>The model as a perceptron that adapts, or null where it is something else.</summary>
    public abstract PerceptronForm? Perceptron { get; }

    /// <summary>
    /// Scores of the query items <c>[B, Q]</c> after adaptation on the support, on top of the batch's base scores (which
    /// the engine adds); padding is arbitrary.
    /// </summary>
    /// <param name="theta">Slow parameters by name.</param>
    /// <param name="batch">The tasks; query labels are not looked at.</param>
    /// <param name="differentiable">
    /// Whether the result is to be differentiated with respect to <paramref name="theta"/> (training); otherwise the
    /// same numbers come without a graph.
    /// </param>
    public abstract Tensor Predict(IReadOnlyDictionary<string, Tensor> theta, TaskTensors batch, bool differentiable);

    /// <summary>Initial slow parameters: a function of the seed and the parameters' names.</summary>
    public ParameterSet CreateParameters(long seed) => new(Shapes.Select(shape => shape.Create(seed)));
}
