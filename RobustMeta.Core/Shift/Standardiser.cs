namespace RobustMeta.Shift;

/// <summary>Standardises numbers by the mean and spread of a reference sample, clipped to ±3.</summary>
internal sealed class Standardiser
{
    private const double Clip = 3;
    private readonly double mean;
    private readonly double spread;

    public Standardiser(IReadOnlyCollection<double> reference)
    {
        mean = reference.Average();
        spread = Math.Sqrt(reference.Average(x => (x - mean) * (x - mean)));
    }

    // A constant distinguishes no users: every standardised number is then 0.
    public double Of(double value) => spread > 1e-12 ? Math.Clamp((value - mean) / spread, -Clip, Clip) : 0;
}
