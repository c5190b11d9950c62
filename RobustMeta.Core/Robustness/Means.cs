namespace RobustMeta.Robustness;

/// <summary>Averages in double precision.</summary>
internal static class Means
{
    // mean(w · x), for weights of mean one.
    public static double Weighted(ReadOnlySpan<double> weights, ReadOnlySpan<double> values)
    {
        double sum = 0;
        for (var i = 0; i < values.Length; i++)
        {
            sum += weights[i] * values[i];
        }
        return sum / values.Length;
    }

    public static double Weighted(ReadOnlySpan<double> weights, ReadOnlySpan<float> values)
    {
        double sum = 0;
        for (var i = 0; i < values.Length; i++)
        {
            sum += weights[i] * values[i];
        }
        return sum / values.Length;
    }

    public static double Of(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += value;
        }
        return sum / values.Length;
    }
}
