using RobustMeta.Tasks;

namespace RobustMeta.Training;

/// <summary>What the best epoch is chosen by.</summary>
/// <param name="Name">Name of the metric, e.g. <c>NDCG@10</c>.</param>
/// <param name="HigherIsBetter">Its direction.</param>
/// <param name="Evaluate">Its value for the current parameters, on validation tasks.</param>
public sealed record ValidationCriterion(string Name, bool HigherIsBetter, Func<IPredictor, double> Evaluate)
{
    /// <summary>Whether a value is better than the best so far (null: none yet).</summary>
    public bool IsBetter(double value, double? best) =>
        best is not { } previous || (HigherIsBetter ? value > previous : value < previous);
}
