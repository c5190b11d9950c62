using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Training;

/// <summary>Updates meta-parameters from their gradients, in place. Deterministic.</summary>
public abstract class Optimizer
{
    /// <summary>The optimizer of a kind, for given parameters.</summary>
    public static Optimizer Of(OptimizerKind kind, ParameterSet parameters, double weightDecay)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return kind switch
        {
            OptimizerKind.Sgd => new SgdOptimizer(weightDecay),
            OptimizerKind.Adam => new AdamOptimizer(parameters, weightDecay),
            OptimizerKind.SparseAdam => new AdamOptimizer(parameters, weightDecay, isSparse: true),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown optimizer."),
        };
    }

    /// <summary>One step.</summary>
    /// <param name="learned">The parameters to update; the others stay as they are, weight decay included.</param>
    /// <param name="learningRate">Step size of this epoch.</param>
    /// <param name="gradientScale">Factor on every gradient (below 1 where the gradient is clipped).</param>
    public abstract void Step(IReadOnlyList<Parameter> learned, double learningRate, double gradientScale);

    /// <summary>Resets all state, at the start of a new phase of training.</summary>
    public void Reset()
    {
        Steps = 0;
        foreach (var values in State.Values)
        {
            values.AsSpan().Clear();
        }
    }

    /// <summary>Everything but the parameters that the next step depends on, by name, for checkpoints.</summary>
    public abstract IReadOnlyDictionary<string, AlignedNumbers<float>> State { get; }

    /// <summary>Number of steps so far; set when a checkpoint is read back.</summary>
    public long Steps { get; set; }
}
