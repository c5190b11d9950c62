using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>Draws supports with weights; see <see cref="ExposureDraw"/>.</summary>
/// <param name="logarithms">
/// Logarithm of the weight of each rated row, before it is multiplied by the coordinate; larger is drawn more readily.
/// </param>
internal sealed class SupportDraw(Func<UserTask, ImmutableArray<int>, double[]> logarithms) : IDrawWeights
{
    /// <inheritdoc/>
    public bool IsPaired => true;

    /// <inheritdoc/>
    public DrawWeights Users(ImmutableArray<UserTask> tasks, double coordinate) => DrawWeights.Uniform(tasks.Length);

    /// <inheritdoc/>
    public DrawWeights Interactions(ImmutableArray<int> pool, double coordinate) => DrawWeights.Uniform(pool.Length);

    /// <inheritdoc/>
    public DrawWeights? Support(UserTask task, ImmutableArray<int> rated, double coordinate) =>
        DrawWeights.Tilted(logarithms(task, rated), coordinate);
}
