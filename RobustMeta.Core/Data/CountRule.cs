using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>How a count or an amount of use becomes a label.</summary>
/// <param name="AtLeast">The least amount that is a positive (label 1, else 0); null takes the logarithm.</param>
public sealed record CountRule(double? AtLeast)
{
    private const string Prefix = "atLeast ";

    /// <summary>The rating is ln(1 + amount).</summary>
    public static CountRule Log { get; } = new((double?)null);

    /// <summary>The rule of a text: <c>log</c>, or <c>atLeast NUMBER</c>.</summary>
    /// <exception cref="SettingException">It is neither.</exception>
    public static CountRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text == "log" ? Log
            : text.StartsWith(Prefix, StringComparison.Ordinal)
            && double.TryParse(text[Prefix.Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out var least)
            && double.IsFinite(least)
                ? new(least)
            : throw new SettingException(
                $"'{Reading.Excerpt.Of(text)}' is no rule for counts: log, or atLeast NUMBER."
            );
    }

    /// <summary>The label of an amount.</summary>
    public float Apply(float amount) =>
        AtLeast is { } least ? (amount >= least ? 1 : 0) : (float)Math.Log(1 + Math.Max(0, amount));

    /// <inheritdoc/>
    public override string ToString() =>
        AtLeast is { } least ? string.Create(CultureInfo.InvariantCulture, $"{Prefix}{least}") : "log";
}
