using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Evaluation;

/// <summary>How the values of a validation metric become the one number that the best epoch is chosen by.</summary>
/// <param name="Fraction">
/// Fraction of the users, those the metric is worst for, whose mean counts (conditional value at risk); 1 is the mean.
/// </param>
/// <param name="OnShiftedSets">Whether the worst of shifted validation sets counts, rather than the validation users as they are.</param>
public sealed record SelectionRule(double Fraction, bool OnShiftedSets)
{
    private const string Cvar = "cvar ";

    /// <summary>Mean over the validation users.</summary>
    public static SelectionRule Mean { get; } = new(1, false);

    /// <summary>Mean over the users of the worst validation set that the experiment's shift makes.</summary>
    public static SelectionRule Worst { get; } = new(1, true);

    /// <summary>The rule of a text: <c>mean</c>, <c>worst</c>, or <c>cvar FRACTION</c>.</summary>
    /// <exception cref="SettingException">It is none of these.</exception>
    public static SelectionRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text switch
        {
            "mean" => Mean,
            "worst" => Worst,
            _ when text.StartsWith(Cvar, StringComparison.Ordinal)
                    && double.TryParse(text[Cvar.Length..], CultureInfo.InvariantCulture, out var fraction)
                    && fraction is > 0 and <= 1 => new(fraction, false),
            _ => throw new SettingException(
                $"selectBy is '{text}'{NearestName.End(text, ["mean", "worst", "cvar 0.1"])} Expected mean, worst, "
                    + "or cvar FRACTION with a fraction in (0, 1]"
            ),
        };
    }

    /// <summary>The number of one validation set.</summary>
    /// <param name="values">Value of each user; at least one.</param>
    /// <param name="higherIsBetter">Direction of the metric.</param>
    public double Of(IReadOnlyList<double> values, bool higherIsBetter)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Fraction == 1 ? values.Average()
            : higherIsBetter ? TailStatistics.LowestMean(values, Fraction)
            : -TailStatistics.LowestMean(values.Select(value => -value), Fraction);
    }

    /// <summary>The number of several validation sets: the worst of theirs.</summary>
    /// <param name="values">Number of each set; at least one.</param>
    /// <param name="higherIsBetter">Direction of the metric.</param>
    public static double WorstOf(IEnumerable<double> values, bool higherIsBetter)
    {
        ArgumentNullException.ThrowIfNull(values);
        return higherIsBetter ? values.Min() : values.Max();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        OnShiftedSets ? "worst"
        : Fraction == 1 ? "mean"
        : string.Create(CultureInfo.InvariantCulture, $"{Cvar}{Fraction}");
}
