namespace RobustMeta.Serving;

/// <summary>A point of a curve of error against the number of ratings that a user was asked for.</summary>
/// <param name="Asked">Number of ratings.</param>
/// <param name="Error">Mean loss of the users' queries: log loss of clicks, squared error of ratings.</param>
/// <param name="Users">Number of users, the same at every point.</param>
public sealed record EvidencePoint(int Asked, double Error, int Users);
