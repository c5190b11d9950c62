namespace RobustMeta.Evaluation;

/// <summary>One draw of a bootstrap: how often each seed and each user in it counts.</summary>
/// <param name="Seeds">Count of each seed.</param>
/// <param name="Users">Count of each user, by seed.</param>
public sealed record Resample(IReadOnlyList<double> Seeds, IReadOnlyList<double[]> Users)
{
    /// <summary>
    /// The mean over seeds of the weighted mean over users.
    /// </summary>
    /// <param name="values">Value of each user, by seed.</param>
    /// <returns>NaN where no user of any drawn seed was drawn.</returns>
    public double Mean(IReadOnlyList<IReadOnlyList<double>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double sum = 0;
        double total = 0;
        for (var s = 0; s < values.Count; s++)
        {
            var counts = Users[s];
            double own = 0;
            double mass = 0;
            for (var u = 0; u < counts.Length; u++)
            {
                own += counts[u] * values[s][u];
                mass += counts[u];
            }
            if (mass > 0)
            {
                sum += Seeds[s] * own / mass;
                total += Seeds[s];
            }
        }
        return sum / total;
    }
}
