namespace RobustMeta.Shift;

/// <summary>Standardises scores by the mean and spread of a reference sample, clipped to ±3.</summary>
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

    // A constant score tells nobody apart: every standardised score is then 0.
    public double Of(double score) => spread > 1e-12 ? Math.Clamp((score - mean) / spread, -Clip, Clip) : 0;
}
