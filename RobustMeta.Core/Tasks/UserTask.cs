using System.Collections.Immutable;

namespace RobustMeta.Tasks;

/// <summary>
/// One user as a task: the ratings to adapt on (support) and those to predict (query), as rows of the ratings.
/// The two are disjoint.
/// </summary>
/// <param name="User">Dense user index.</param>
/// <param name="Support">Rows of the support set.</param>
/// <param name="Query">Rows of the query set (or of the pool that query sets are drawn from).</param>
public sealed record UserTask(int User, ImmutableArray<int> Support, ImmutableArray<int> Query);
