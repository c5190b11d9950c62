namespace RobustMeta.Shift.Diagnosis;

/// <summary>How much of an observed shift a protocol's test set reproduces.</summary>
/// <param name="Protocol">Name of the protocol, with the settings that are not its defaults.</param>
/// <param name="AxisName">Name of its axis.</param>
/// <param name="Coordinate">Coordinate of the test set that resembles it most.</param>
/// <param name="Explained">
/// 1 − |observed − protocol|² / |observed|² over the standardised differences of all features of users and interactions: 1 for the
/// same shift, 0 for no better than no shift, negative for worse.
/// </param>
public sealed record Resemblance(string Protocol, string AxisName, double Coordinate, double Explained);
