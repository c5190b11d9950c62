namespace RobustMeta.Robustness.Adversaries;

/// <summary>The state of adversaries that keep nothing besides the stored weights.</summary>
internal static class NoState
{
    public static IReadOnlyDictionary<string, double[]> Instance { get; } = new Dictionary<string, double[]>();
}
