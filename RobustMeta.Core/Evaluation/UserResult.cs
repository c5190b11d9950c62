namespace RobustMeta.Evaluation;

/// <summary>One row of the primary result: the value of one metric for one user with one method.</summary>
/// <param name="Method">Name of the method.</param>
/// <param name="TestSet">Number of the test set.</param>
/// <param name="User">Identifier of the user, as the data set writes it.</param>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Value">Its value, mean over the draws of the test set that the user is in.</param>
public sealed record UserResult(string Method, int TestSet, string User, string Metric, double Value);
