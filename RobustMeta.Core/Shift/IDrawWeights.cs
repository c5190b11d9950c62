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

    /// <summary>
    /// Weights with which a user's support is drawn again, of the length that it has, from what the user rated beside the query.
    /// Null, and equal weights, leave the support as the split drew it; −∞ leaves a rating out for good.
    /// </summary>
    /// <param name="task">The user; the query is the drawn one.</param>
    /// <param name="rated">Rows that the support can have: those of the split's support first.</param>
    /// <param name="coordinate">Coordinate of the test set.</param>
    DrawWeights? Support(UserTask task, ImmutableArray<int> rated, double coordinate) => null;

    /// <summary>
    /// Whether all test sets have the same users and queries (drawn without regard to the coordinate), so that nothing but the
    /// supports differs.
    /// </summary>
    bool IsPaired => false;
}
