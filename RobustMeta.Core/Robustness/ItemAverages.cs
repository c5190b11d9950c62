namespace RobustMeta.Robustness;

/// <summary>
/// Streaming average per item, with forgetting, shrunk towards the average of all: at first a plain mean, later an
/// exponential one.
/// </summary>
internal sealed class ItemAverages(int items, double horizon)
{
    private const double Shrinkage = 5;
    private readonly double[] means = new double[items];
    private readonly double[] counts = new double[items];
    private double mean;
    private double count;

    public IReadOnlyDictionary<string, double[]> State =>
        new Dictionary<string, double[]> { ["item.means"] = means, ["item.counts"] = counts };

    public double Of(int item) => (counts[item] * means[item] + Shrinkage * mean) / (counts[item] + Shrinkage);

    public void Add(int item, double value)
    {
        counts[item] = Math.Min(counts[item] + 1, horizon);
        means[item] += (value - means[item]) / counts[item];
        count = Math.Min(count + 1, horizon * items);
        mean += (value - mean) / count;
    }
}
