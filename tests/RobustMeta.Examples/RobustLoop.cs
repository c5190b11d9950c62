using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Engine;
using RobustMeta.Robustness;
using RobustMeta.Runtime;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Examples;

/// <summary>
/// Robust training as the paper describes it, in one file to read from top to bottom: the model adapts to each user, descends
/// on the weighted query losses, and the weights of users and of interactions ascend on the same losses within a set. No
/// references, validation or checkpoints; with the same settings the library's trainer gives the same bytes, which a test checks.
/// </summary>
/// <param name="engine">The model: losses after adaptation, and their gradient.</param>
/// <param name="source">Ratings, as labels.</param>
/// <param name="tasks">Meta-training tasks.</param>
/// <param name="set">What the weights may be, at both levels.</param>
public sealed class RobustLoop(
    IMetaGradientEngine engine,
    TaskSource source,
    ImmutableArray<UserTask> tasks,
    AmbiguitySet set
)
{
    /// <summary>Weight of each training user; their mean is one.</summary>
    public double[] UserWeights { get; } = [.. tasks.Select(_ => 1.0)];

    /// <summary>Weight of each query interaction of each training user; the mean of a user's is one.</summary>
    public double[][] InteractionWeights { get; } =
    [.. tasks.Select(task => Enumerable.Repeat(1.0, task.Query.Length).ToArray())];

    /// <summary>Trains the engine's parameters in place.</summary>
    /// <param name="spec">Learning rate and its decay, batch size, epochs.</param>
    /// <param name="userRate">Learning rate of the user weights.</param>
    /// <param name="interactionRate">Learning rate of the interaction weights.</param>
    /// <param name="seed">Order of the users.</param>
    public void Train(TrainerSpec spec, double userRate, double interactionRate, long seed)
    {
        var optimizer = new SgdOptimizer(spec.WeightDecay);
        var learned = engine.Parameters.All.Where(parameter => !parameter.IsState).ToList();
        for (var epoch = 1; epoch <= spec.Epoch; epoch++)
        {
            var rate = spec.Lr * Math.Pow(spec.Gamma, epoch - 1);
            var random = Seeds.Generator(seed, "shuffle", epoch.ToString(CultureInfo.InvariantCulture));
            foreach (var users in BatchOrder.Of(tasks, spec.BatchSize, bucketed: false, random).Chunk(spec.BatchSize))
            {
                var batch = source.Batch(tasks, users);

                // The model adapts to each user's support; a loss for each query interaction, users one after the other.
                var losses = engine.Forward(batch).ToArray();

                // Descend on Σ_u w_u Σ_j v_uj loss_uj / (B q_u), the weights taken as constants.
                engine.Backward(Weights(batch), [.. users.Select(user => (float)(UserWeights[user] / users.Length))]);
                optimizer.Step(learned, rate, 1);

                // Ascend: the worst case rises where losses are large. Users first, by their losses under the weights so far.
                Ascend(batch, losses, userRate, interactionRate);
            }
        }
    }

    private float[] Weights(TaskBatch batch)
    {
        var weights = new float[batch.QueryItems.Length];
        for (var b = 0; b < batch.Count; b++)
        {
            var user = batch.Positions[b];
            var own = InteractionWeights[user];
            for (var j = 0; j < own.Length; j++)
            {
                var count = (double)batch.Count * own.Length;
                weights[batch.QueryStarts[b] + j] = (float)(UserWeights[user] * own[j] / count);
            }
        }
        return weights;
    }

    private void Ascend(TaskBatch batch, float[] losses, double userRate, double interactionRate)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            var user = batch.Positions[b];
            var own = losses[batch.QueryRange(b)];
            var weighted = InteractionWeights[user].Zip(own, (weight, loss) => weight * loss).Average();
            UserWeights[user] += userRate * weighted;
        }
        Project(UserWeights);
        for (var b = 0; b < batch.Count; b++)
        {
            var row = InteractionWeights[batch.Positions[b]];
            for (var j = 0; j < row.Length; j++)
            {
                row[j] += interactionRate * losses[batch.QueryStarts[b] + j];
            }
            Project(row);
        }
    }

    // The set holds probabilities; weights of mean one are these over the uniform one.
    private void Project(double[] weights)
    {
        var uniform = set.UniformWeight(weights.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] *= uniform;
        }
        set.Project(weights);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] *= 1 / uniform;
        }
    }
}
