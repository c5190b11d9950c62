using System.Collections.Immutable;

namespace RobustMeta.Evaluation;

/// <summary>A metric by groups of users.</summary>
/// <param name="Means">Mean of each group.</param>
/// <param name="Minimum">The lowest group mean.</param>
/// <param name="MinimumGroup">The group that has it.</param>
/// <param name="Gap">Highest minus lowest group mean.</param>
public sealed record GroupSummary(
    ImmutableSortedDictionary<string, double> Means,
    double Minimum,
    string MinimumGroup,
    double Gap
)
{
    /// <summary>Summarises values by groups.</summary>
    /// <param name="values">Value of each user; at least one.</param>
    /// <param name="groups">Group of each user.</param>
    /// <exception cref="StatisticsInputException">There is no value, one is not finite, or lengths differ.</exception>
    public static GroupSummary Of(IReadOnlyList<double> values, IReadOnlyList<string> groups)
    {
        StatisticsInputException.RequireFinite(values, 1, nameof(values));
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count != values.Count)
        {
            throw new StatisticsInputException($"{values.Count} values and {groups.Count} groups.", nameof(groups));
        }
        var means = values
            .Zip(groups)
            .GroupBy(user => user.Second)
            .ToImmutableSortedDictionary(g => g.Key, g => g.Average(user => user.First), StringComparer.Ordinal);
        var lowest = means.MinBy(group => group.Value);
        return new(means, lowest.Value, lowest.Key, means.Values.Max() - lowest.Value);
    }
}
