namespace RobustMeta.Theory;

/// <summary>A vector of the plane, the domain of the problems with known constants.</summary>
/// <param name="X">First coordinate.</param>
/// <param name="Y">Second coordinate.</param>
public readonly record struct PlaneVector(double X, double Y)
{
    /// <summary>Length.</summary>
    public double Norm => Math.Sqrt(Dot(this, this));

    /// <summary>Sum.</summary>
    public static PlaneVector operator +(PlaneVector a, PlaneVector b) => new(a.X + b.X, a.Y + b.Y);

    /// <summary>Difference.</summary>
    public static PlaneVector operator -(PlaneVector a, PlaneVector b) => new(a.X - b.X, a.Y - b.Y);

    /// <summary>Multiple.</summary>
    public static PlaneVector operator *(double factor, PlaneVector a) => new(factor * a.X, factor * a.Y);

    /// <summary>Scalar product.</summary>
    public static double Dot(PlaneVector a, PlaneVector b) => a.X * b.X + a.Y * b.Y;
}
