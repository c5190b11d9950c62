namespace RobustMeta.Evaluation;

/// <summary>What a mean over users hides.</summary>
public static class TailStatistics
{
    /// <summary>
    /// Mean of the lowest fraction of the values (conditional value at risk), the value at the edge counting by its
    /// fraction.
    /// </summary>
    /// <param name="values">Values of a metric of which higher is better; at least one.</param>
    /// <param name="fraction">Fraction α in (0, 1]; 0.1 is the worst decile, 1 the mean.</param>
    /// <exception cref="ArgumentException">No values, one that is not finite, or a fraction out of range.</exception>
    public static double LowestMean(IEnumerable<double> values, double fraction)
    {
        ArgumentNullException.ThrowIfNull(values);
        var sorted = values.Order().ToArray();
        StatisticsInputException.RequireFinite(sorted, 0, nameof(values));
        if (sorted.Length == 0 || !(fraction > 0 && fraction <= 1))
        {
            throw new ArgumentException("The lowest mean needs a value and a fraction in (0, 1].");
        }
        var mass = fraction * sorted.Length;
        double sum = 0;
        for (var i = 0; i < sorted.Length && i < mass; i++)
        {
            sum += sorted[i] * Math.Min(1, mass - i);
        }
        return sum / mass;
    }

    /// <summary>The lowest means as a curve over fractions (the per-user CVaR curve).</summary>
    /// <param name="values">Values of a metric of which higher is better; at least one.</param>
    /// <param name="fractions">Fractions α in (0, 1].</param>
    /// <returns>The lowest mean at each fraction; it does not fall as the fraction grows.</returns>
    /// <exception cref="ArgumentException">As <see cref="LowestMean"/>.</exception>
    public static IReadOnlyList<(double Fraction, double Mean)> Curve(
        IReadOnlyList<double> values,
        IEnumerable<double> fractions
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(fractions);
        return [.. fractions.Select(fraction => (fraction, LowestMean(values, fraction)))];
    }

    /// <summary>
    /// Interquartile mean: of the middle half of the values, those at its edges counting by their fractions (Agarwal et al.,
    /// NeurIPS 2021).
    /// </summary>
    /// <param name="values">At least one finite value.</param>
    /// <exception cref="StatisticsInputException">There is none, or one is not finite.</exception>
    public static double InterquartileMean(IReadOnlyList<double> values)
    {
        StatisticsInputException.RequireFinite(values, 1, nameof(values));
        // The mean of all but the lowest quarter and the highest quarter, by masses.
        var low = LowestMean(values, 0.25);
        var upToThreeQuarters = LowestMean(values, 0.75);
        return (0.75 * upToThreeQuarters - 0.25 * low) / 0.5;
    }

    /// <summary>Gini coefficient: how unequally a metric is spread over users, 0 equal … 1 − 1/n all with one.</summary>
    /// <param name="values">Values of at least zero; at least one.</param>
    /// <returns>NaN where all values are zero.</returns>
    /// <exception cref="StatisticsInputException">There is none, or one is negative or not finite.</exception>
    public static double Gini(IReadOnlyList<double> values)
    {
        StatisticsInputException.RequireFinite(values, 1, nameof(values));
        if (values.Any(value => value < 0))
        {
            throw new StatisticsInputException("The Gini coefficient needs values of at least zero.", nameof(values));
        }
        var sorted = values.Order().ToArray();
        double weighted = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            weighted += (2 * i + 1 - sorted.Length) * sorted[i];
        }
        return weighted / (sorted.Length * sorted.Sum());
    }
}
