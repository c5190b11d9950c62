using RobustMeta.Benchmarks.Contenders;

namespace RobustMeta.Benchmarks.Measurement;

/// <summary>The rounds of one contender.</summary>
/// <param name="Contender">Who.</param>
/// <param name="Rounds">One run a round.</param>
internal sealed record Series(Contender Contender, IReadOnlyList<Ran> Rounds)
{
    /// <summary>Users a second of wall time, round by round.</summary>
    public IEnumerable<double> PerSecond => Rounds.Select(r => r.Users / r.Wall);

    /// <summary>Users a second of CPU time, round by round.</summary>
    public IEnumerable<double> PerCpuSecond => Rounds.Select(r => r.Users / r.Cpu);

    /// <summary>Largest resident set, all processes together.</summary>
    public long PeakBytes => Rounds.Max(r => r.PeakBytes);

    /// <summary>
    /// Median over rounds of the ratio to another contender in the same round: what the machine did meanwhile to both
    /// cancels.
    /// </summary>
    public static double Ratio(IEnumerable<double> mine, IEnumerable<double> theirs) =>
        Median(mine.Zip(theirs, (x, y) => x / y));

    /// <summary>The middle value; the mean of the two middle ones of an even number.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
