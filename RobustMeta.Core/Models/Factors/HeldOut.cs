using RobustMeta.Tasks;

namespace RobustMeta.Models.Factors;

/// <summary>Training users to try on what was fitted to the others.</summary>
internal static class HeldOut
{
    private const int Folds = 5;

    // A gain of a tenth of its standard deviation over users is then beyond chance four times in five.
    private const int Enough = 600;

    // One chance in twenty of taking what gains nothing.
    private const double Errors = 1.645;

    /// <summary>
    /// Users to fit to, and a fifth of them to try on: one such division where a fifth is enough users, else as many of the five as
    /// are needed for that, or all.
    /// </summary>
    /// <param name="train">All training users.</param>
    public static IEnumerable<(TaskBatch Part, TaskBatch Held)> Divide(TaskBatch train)
    {
        var count = 0;
        for (var fold = Folds - 1; fold >= 0 && count < Enough; fold--)
        {
            var places = Enumerable.Range(0, train.Count).ToLookup(u => u % Folds == fold);
            count += places[true].Count();
            if (places[true].Any() && places[false].Any())
            {
                yield return (train.Part([.. places[false]]), train.Part([.. places[true]]));
            }
        }
    }

    /// <summary>Whether held-out users gain: by more than 1.645 standard errors of the mean.</summary>
    /// <param name="gains">Gain of each.</param>
    public static bool HaveGained(IReadOnlyList<double> gains)
    {
        if (gains.Count < 2)
        {
            return false;
        }
        var mean = gains.Average();
        var error = Math.Sqrt(gains.Sum(gain => (gain - mean) * (gain - mean)) / (gains.Count - 1.0) / gains.Count);
        return mean > Errors * error;
    }
}
