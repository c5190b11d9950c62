using RobustMeta.Evaluation;

namespace RobustMeta.Studies;

/// <summary>One place of a curve, pooled over seeds.</summary>
/// <param name="Method">The method, a swept one with its settings.</param>
/// <param name="X">Where on the curve: a fraction of users, a radius.</param>
/// <param name="Value">Mean over seeds with Student's interval; its count is that of the seeds.</param>
public sealed record PooledPoint(string Method, double X, Interval Value);
