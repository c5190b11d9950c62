using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>A user of a model that adapts and predicts in one pass: what the pass needs.</summary>
/// <param name="predict">Predicts a batch of this one user.</param>
/// <param name="user">The user's inputs.</param>
/// <param name="items">Rated items.</param>
/// <param name="labels">Their labels.</param>
internal sealed class EngineUser(
    Func<FieldInput[], TaskBatch, float[]> predict,
    FieldInput[] user,
    ImmutableArray<int> items,
    ImmutableArray<float> labels
) : IServedUser
{
    /// <inheritdoc/>
    public float[] Score(int[] query) =>
        query.Length == 0
            ? []
            : predict(
                user,
                new TaskBatch(
                    [0],
                    [0],
                    [0, items.Length],
                    items,
                    labels,
                    [0, query.Length],
                    [.. query],
                    [.. new float[query.Length]]
                )
            );

    /// <inheritdoc/>
    public float[]? Deviations(int[] query) => null;
}
