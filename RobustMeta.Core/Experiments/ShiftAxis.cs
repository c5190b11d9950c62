namespace RobustMeta.Experiments;

/// <summary>Where the test sets of a run stand on the axis of its shift protocol.</summary>
/// <param name="Name">Name of the axis, e.g. <c>beta</c>.</param>
/// <param name="Coordinates">Coordinate of each test set, by number.</param>
public sealed record ShiftAxis(string Name, IReadOnlyList<double> Coordinates)
{
    /// <summary>KL divergence of the users of each test set from the unshifted ones, in nats.</summary>
    public IReadOnlyList<double> Divergences { get; init; } = [];
}
