using System.Collections.Concurrent;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>
/// A model by the fused engine: as many engines of one thread as there are callers at once, all on the same parameters. No
/// libtorch.
/// </summary>
/// <param name="create">Makes an engine.</param>
internal sealed class FusedModel(Func<SlotPredictor> create) : IServedModel
{
    private readonly ConcurrentBag<SlotPredictor> idle = [];

    /// <inheritdoc/>
    public IServedUser Adapt(FieldInput[] user, int[] items, float[] labels) =>
        new EngineUser(Predict, user, [.. items], [.. labels]);

    /// <inheritdoc/>
    public void Dispose()
    {
        while (idle.TryTake(out var engine))
        {
            engine.Dispose();
        }
    }

    private float[] Predict(FieldInput[] user, TaskBatch batch)
    {
        var engine = idle.TryTake(out var found) ? found : create();
        try
        {
            var scores = engine.Predict(user, batch);
            idle.Add(engine);
            return scores;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }
}
