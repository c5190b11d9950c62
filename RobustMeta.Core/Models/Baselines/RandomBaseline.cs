using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>Scores at random: the floor of every ranking metric.</summary>
/// <param name="seed">A user's scores depend on this and on the user.</param>
public sealed class RandomBaseline(long seed) : IPredictor
{
    /// <inheritdoc/>
    public string Name => "random";

    /// <inheritdoc/>
    public bool ScoresAreLabels => false;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var scores = new float[batch.QueryItems.Length];
        for (var b = 0; b < batch.Count; b++)
        {
            var user = batch.Users[b].ToString(CultureInfo.InvariantCulture);
            var random = Seeds.Generator(seed, "random baseline", user);
            for (var i = batch.QueryStarts[b]; i < batch.QueryStarts[b + 1]; i++)
            {
                scores[i] = (float)random.NextDouble();
            }
        }
        return scores;
    }
}
