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

    // Mean and count over all items.
    private readonly double[] all = new double[2];

    public IReadOnlyDictionary<string, double[]> State =>
        new Dictionary<string, double[]>
        {
            ["item.means"] = means,
            ["item.counts"] = counts,
            ["item.all"] = all,
        };

    public double Of(int item) => (counts[item] * means[item] + Shrinkage * all[0]) / (counts[item] + Shrinkage);

    public void Add(int item, double value)
    {
        counts[item] = Math.Min(counts[item] + 1, horizon);
        means[item] += (value - means[item]) / counts[item];
        all[1] = Math.Min(all[1] + 1, horizon * items);
        all[0] += (value - all[0]) / all[1];
    }
}
