namespace RobustMeta.Theory;

/// <summary>One observation: the target of a parameter's projection on a direction.</summary>
/// <param name="Direction">Unit vector.</param>
/// <param name="Target">Value that the projection should have.</param>
public sealed record PlaneObservation(PlaneVector Direction, double Target)
{
    /// <summary>Projection of a parameter minus the target.</summary>
    public double Residual(PlaneVector x) => PlaneVector.Dot(Direction, x) - Target;
}
