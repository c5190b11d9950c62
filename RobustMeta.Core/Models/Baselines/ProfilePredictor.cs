using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>A collaborative model as a method to compare with: each user's support is the profile.</summary>
/// <param name="name">Name of the method.</param>
/// <param name="signal">What the model was fitted on.</param>
/// <param name="model">The model.</param>
public sealed class ProfilePredictor(string name, Signal signal, IProfileModel model) : IPredictor
{
    private readonly Signal signal = signal ?? throw new ArgumentNullException(nameof(signal));
    private readonly IProfileModel model = model ?? throw new ArgumentNullException(nameof(model));

    /// <inheritdoc/>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <inheritdoc/>
    public bool ScoresAreLabels => signal.IsResidual;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        float[] scores = [.. signal.Offset(batch)];
        var profiles = signal.Supports(batch);
        for (var b = 0; b < batch.Count; b++)
        {
            var range = batch.QueryRange(b);
            var outputs = model.Score(profiles[b], batch.QueryItems.AsSpan()[range]);
            for (var i = 0; i < outputs.Length; i++)
            {
                scores[range.Start.Value + i] += (float)signal.ToScore(outputs[i]);
            }
        }
        return scores;
    }
}
