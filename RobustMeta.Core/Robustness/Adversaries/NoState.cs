namespace RobustMeta.Robustness.Adversaries;

/// <summary>The state of those that learn nothing of their own.</summary>
internal static class NoState
{
    public static IReadOnlyDictionary<string, double[]> Instance { get; } = new Dictionary<string, double[]>();
}
