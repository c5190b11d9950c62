using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>With what weights a <see cref="WeightedDraw"/> draws. Pure: equal arguments give equal weights.</summary>
public interface IDrawWeights
{
    /// <summary>Weights of test users.</summary>
    /// <param name="tasks">Test users that can be drawn.</param>
    /// <param name="coordinate">Coordinate of the test set.</param>
    DrawWeights Users(ImmutableArray<UserTask> tasks, double coordinate);

    /// <summary>Weights of the interactions of one user's pool.</summary>
    /// <param name="pool">Rows of the ratings.</param>
    /// <param name="coordinate">Coordinate of the test set.</param>
    DrawWeights Interactions(ImmutableArray<int> pool, double coordinate);
}
