namespace RobustMeta.Theory;

/// <summary>Power laws y = c xᵖ, as the theorems state rates.</summary>
public static class PowerLaw
{
    /// <summary>The exponent that fits points best: the slope of a line through their logarithms, by least squares.</summary>
    /// <param name="points">At least two points of positive coordinates, of which two differ in x.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static double Exponent(IEnumerable<(double X, double Y)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var logarithms = points.Select(point => (X: Math.Log(point.X), Y: Math.Log(point.Y))).ToArray();
        if (logarithms.Length == 0)
        {
            throw new ArgumentException("Expected at least two points, found none.", nameof(points));
        }
        var (meanX, meanY) = (logarithms.Average(p => p.X), logarithms.Average(p => p.Y));
        return logarithms.Sum(p => (p.X - meanX) * (p.Y - meanY)) / logarithms.Sum(p => (p.X - meanX) * (p.X - meanX));
    }
}
