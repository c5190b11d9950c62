using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Models;

/// <summary>Memory and time that fitting a method needs, estimated from the size of the data before it begins.</summary>
/// <param name="Method">Name of the method.</param>
/// <param name="Over">What it is fitted to, e.g. <c>17,632 items</c>.</param>
/// <param name="Bytes">Memory at its peak, in bytes.</param>
/// <param name="Seconds">Time.</param>
/// <param name="Remedy">What makes it smaller, as the beginning of a sentence that goes on with "or raise the limit".</param>
public sealed record FitEstimate(string Method, string Over, double Bytes, double Seconds, string Remedy)
{
    // The limit that would do, with a margin above the estimate.
    private const double Margin = 1.1;

    /// <summary>Refuses a fit that would take more than a limit.</summary>
    /// <param name="limits">The limits.</param>
    /// <exception cref="SettingException">It would; the message says how much, and what to do.</exception>
    public void RequireWithin(FitLimits limits)
    {
        if (Bytes > limits.Bytes)
        {
            throw Beyond(
                Text($"needs about {Bytes / 1e9:0.#} GB of memory, and {limits.Bytes / 1e9:0.#} GB are allowed"),
                Text($"{FitLimits.MemoryVariable}={Math.Ceiling(Margin * Bytes / 1e9)} (GB)")
            );
        }
        if (Seconds > limits.Time.TotalSeconds)
        {
            throw Beyond(
                Text($"takes about {Seconds / 60:0.#} minutes, and {limits.Time.TotalMinutes:0.#} minutes are allowed"),
                Text($"{FitLimits.MinutesVariable}={Math.Ceiling(Margin * Seconds / 60)}")
            );
        }
    }

    private SettingException Beyond(string what, string limit) =>
        new($"{Method} over {Over} {what}. {Remedy}, or raise the limit by the variable {limit}.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
