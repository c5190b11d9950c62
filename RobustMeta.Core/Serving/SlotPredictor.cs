using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>An engine and the slot that it reads its user from. One thread at a time.</summary>
/// <param name="slot">The slot.</param>
/// <param name="predictor">Predicts for user 0 of the slot.</param>
internal sealed class SlotPredictor(UserSlot slot, RunPredictor predictor) : IDisposable
{
    /// <summary>Scores of the query of a batch of one user.</summary>
    /// <param name="user">The user's inputs.</param>
    /// <param name="batch">The batch.</param>
    public float[] Predict(FieldInput[] user, TaskBatch batch)
    {
        slot.Write(user);
        return predictor.Predict(batch);
    }

    /// <inheritdoc/>
    public void Dispose() => predictor.Dispose();
}
