namespace RobustMeta.Studies;

/// <summary>The users of one seed's test sets, whom all methods share.</summary>
/// <param name="Users">Who they are.</param>
/// <param name="Betas">Coordinate of each test set on the axis of the shift.</param>
/// <param name="IsHard">Of each user, whether among the tenth that looks hardest from the support alone.</param>
public sealed record Cohort(IReadOnlyList<string> Users, IReadOnlyList<double> Betas, IReadOnlyList<bool> IsHard)
{
    /// <summary>Name of the axis of the shift, e.g. <c>beta</c>.</summary>
    public string Axis { get; init; } = "";

    /// <summary>KL divergence of each test set's users from the unshifted ones, in nats; empty where it is not known.</summary>
    public IReadOnlyList<double> Divergences { get; init; } = [];

    /// <summary>The test set that is not shifted, or least; the first of several.</summary>
    public int Unshifted => Enumerable.Range(0, Betas.Count).MinBy(set => Math.Abs(Betas[set]));

    /// <summary>Everyone counted once.</summary>
    public double[] Once() => [.. Enumerable.Repeat(1.0, Users.Count)];
}
