namespace RobustMeta.Evaluation;

/// <summary>A statistic with what the bootstrap says of it.</summary>
/// <param name="Interval">The estimate, its percentile interval (NaN where a single value was resampled), and the number of values.</param>
/// <param name="P">Two-sided p-value of the statistic being zero, (1 + fewer of draws on either side)·2/(1 + draws); NaN as the interval.</param>
/// <param name="Undefined">Draws on which the statistic was not defined; they are left out.</param>
public sealed record BootstrapEstimate(Interval Interval, double P, int Undefined);
