using System.Collections.Immutable;
using RobustMeta.Models.Baselines;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace Shop.Models;

/// <summary>A baseline of one's own: every item gets the mean of the user's support, pulled towards a constant.</summary>
public sealed class UserMeanSpec : BaselineSpec
{
    /// <inheritdoc/>
    public override string Name => "userMean";

    /// <inheritdoc/>
    public override string NewItems => "scored like all others, by the user's mean";

    /// <summary>Pseudo-counts of the constant.</summary>
    [Setting("pseudo-counts that pull a user's mean towards zero", Min = 0, Max = 1e6)]
    public double Pull { get; init; } = 1;

    /// <inheritdoc/>
    public override IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed) => new Means(Pull);

    private sealed class Means(double pull) : IPredictor
    {
        public string Name => "userMean";

        public bool ScoresAreLabels => false;

        public float[] Predict(TaskBatch batch)
        {
            var scores = new float[batch.QueryItems.Length];
            for (var b = 0; b < batch.Count; b++)
            {
                var support = batch.SupportLabels.AsSpan()[batch.SupportStarts[b]..batch.SupportStarts[b + 1]];
                double sum = 0;
                foreach (var label in support)
                {
                    sum += label;
                }
                scores
                    .AsSpan(batch.QueryStarts[b]..batch.QueryStarts[b + 1])
                    .Fill((float)(sum / (support.Length + pull)));
            }
            return scores;
        }
    }
}
