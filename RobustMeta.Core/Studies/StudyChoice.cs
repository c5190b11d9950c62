namespace RobustMeta.Studies;

/// <summary>
/// Values of which tuning takes one. A value gives all keys the same, or, with <c>/</c> between, each key its own:
/// <c>0.003/0.001</c> for <c>lr</c> and <c>weightDecay</c>.
/// </summary>
/// <param name="Keys">The settings that are tuned.</param>
/// <param name="Values">The candidates, as text, in the order in which ties are decided.</param>
public sealed record StudyChoice(IReadOnlyList<string> Keys, IReadOnlyList<string> Values)
{
    /// <summary>Nothing to tune: one candidate that changes no setting.</summary>
    public static StudyChoice None { get; } = new([], [""]);

    /// <summary>Whether there is anything to choose.</summary>
    public bool IsTuned => Keys.Count > 0;

    /// <summary>The settings of a candidate.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings(string value)
    {
        var own = value.Split('/', StringSplitOptions.TrimEntries);
        return own.Length == 1 ? [.. Keys.Select(key => (key, value))] : [.. Keys.Select((key, i) => (key, own[i]))];
    }

    /// <summary>A value that has neither one part nor as many as there are keys; null where all fit.</summary>
    internal string? Misfit() => Values.FirstOrDefault(v => v.Split('/').Length is var n && n > 1 && n != Keys.Count);
}
