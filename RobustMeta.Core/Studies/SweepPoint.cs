namespace RobustMeta.Studies;

/// <summary>One combination of the values of a sweep.</summary>
/// <param name="Sweep">Name of the sweep; empty where a method is not swept.</param>
/// <param name="Settings">Keys and values, as text.</param>
public sealed record SweepPoint(string Sweep, IReadOnlyList<(string Key, string Value)> Settings)
{
    /// <summary>The point of a method that no sweep varies.</summary>
    public static SweepPoint None { get; } = new("", []);

    /// <summary>The settings in one word, e.g. <c>lr=0.1;batchSize=32</c>; empty for <see cref="None"/>.</summary>
    public string Text => string.Join(';', Settings.Select(s => $"{s.Key}={s.Value}"));
}
