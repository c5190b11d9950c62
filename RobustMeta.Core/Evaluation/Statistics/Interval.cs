namespace RobustMeta.Evaluation;

/// <summary>A mean with its confidence interval.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">Number of values.</param>
public sealed record Interval(double Mean, double Low, double High, int Count);
