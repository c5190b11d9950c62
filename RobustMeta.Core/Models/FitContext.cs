using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>What any method is fitted from.</summary>
/// <param name="source">Ratings and labels.</param>
/// <param name="train">Training tasks.</param>
/// <param name="seed">Master seed of anything random.</param>
/// <param name="cancellation">Asks to stop.</param>
public class FitContext(
    TaskSource source,
    ImmutableArray<UserTask> train,
    long seed,
    CancellationToken cancellation = default
)
{
    /// <summary>Ratings and labels.</summary>
    public TaskSource Source { get; } = source ?? throw new ArgumentNullException(nameof(source));

    /// <summary>Training tasks: supports and queries are learned from.</summary>
    public ImmutableArray<UserTask> Train { get; } = train;

    /// <summary>Master seed: the same seed gives the same scores.</summary>
    public long Seed { get; } = seed;

    /// <summary>Asks to stop.</summary>
    public CancellationToken Cancellation { get; } = cancellation;
}
