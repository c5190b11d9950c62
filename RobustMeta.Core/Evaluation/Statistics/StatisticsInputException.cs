namespace RobustMeta.Evaluation;

/// <summary>A statistic was asked of numbers that it is not defined for: NaN, infinite, too few, or out of range.</summary>
/// <param name="message">What is wrong, and where.</param>
/// <param name="parameter">Name of the argument.</param>
public sealed class StatisticsInputException(string message, string parameter) : ArgumentException(message, parameter)
{
    /// <summary>Requires finite numbers, and enough of them.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="least">Smallest number of them.</param>
    /// <param name="parameter">Name of the argument.</param>
    /// <exception cref="StatisticsInputException">There are fewer, or one is NaN or infinite.</exception>
    internal static void RequireFinite(IReadOnlyList<double> values, int least, string parameter)
    {
        ArgumentNullException.ThrowIfNull(values, parameter);
        if (values.Count < least)
        {
            throw new StatisticsInputException(
                $"There are {values.Count} values; at least {least} are needed.",
                parameter
            );
        }
        for (var i = 0; i < values.Count; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new StatisticsInputException(
                    FormattableString.Invariant(
                        $"Value {i + 1} of {values.Count} is {values[i]}; statistics need finite numbers. "
                    ) + "Leave out what was not measured, or look for the run that diverged.",
                    parameter
                );
            }
        }
    }
}
