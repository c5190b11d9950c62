using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// A stored weight per training support interaction, mean one per user, that ascends the weighted query loss through the
/// adaptation it takes part in: it raises the weights of support interactions that lead a user's adaptation
/// away from the query.
/// </summary>
/// <param name="weights">The stored weights, in rows of users.</param>
/// <param name="ascent">How a user's row ascends, by steps.</param>
internal sealed class SupportAdversary(HierarchicalWeights weights, WeightAscent ascent)
{
    private float[] buffer = [];
    private bool hasDerivative;

    public double[] Values => weights.Interactions;

    public ReadOnlySpan<float> Weigh(TaskBatch batch)
    {
        if (buffer.Length < batch.SupportItems.Length)
        {
            buffer = new float[batch.SupportItems.Length];
        }
        for (var b = 0; b < batch.Count; b++)
        {
            var row = weights.Of(batch.Positions[b]);
            for (var j = 0; j < row.Length; j++)
            {
                buffer[batch.SupportStarts[b] + j] = (float)row[j];
            }
        }
        return buffer.AsSpan(0, batch.SupportItems.Length);
    }

    /// <summary>Ascends.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="gradient">
    /// Derivative of the batch's objective by each weight as given to the engine. Objective and weights carry the factors
    /// 1/B and 1/s of their means; without them a rate means the same as at the query.
    /// </param>
    /// <exception cref="SettingException">The model's objective does not depend on support weights.</exception>
    public void Ascend(TaskBatch batch, ReadOnlySpan<float> gradient)
    {
        if (!ascent.TakesSteps)
        {
            return;
        }
        hasDerivative = hasDerivative || gradient.ContainsAnyExcept(0f);
        if (!hasDerivative)
        {
            throw new SettingException(
                "weightsAct needs the derivative of the query loss by the support weights, and this model gives none. "
                    + "Take order second for models that adapt by gradient steps, or weightsAct query."
            );
        }
        for (var b = 0; b < batch.Count; b++)
        {
            var row = weights.Of(batch.Positions[b]);
            using var losses = new Scratch(row.Length);
            for (var j = 0; j < row.Length; j++)
            {
                losses.Values[j] = (double)batch.Count * row.Length * gradient[batch.SupportStarts[b] + j];
            }
            ascent.Ascend(row, losses.Values);
        }
    }
}
