using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Search;

/// <summary>When a search ends: as soon as one of the limits is reached; no limit is null.</summary>
/// <param name="Runs">Number of runs.</param>
/// <param name="Epochs">Sum of the epochs of all runs; the last run may go past it.</param>
/// <param name="Time">Sum of what the runs took, as told; the last run may go past it.</param>
public sealed record SearchBudget(int? Runs = null, long? Epochs = null, TimeSpan? Time = null)
{
    /// <summary>
    /// A budget as files and commands have it: <c>30</c> (runs), <c>300 epochs</c>, or a time as <see cref="TimeText"/> reads it, e.g.
    /// <c>20 minutes</c>. A unit may stand in the singular.
    /// </summary>
    /// <exception cref="SettingException">It is none of these, or not positive.</exception>
    public static SearchBudget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TimeText.Parse(text) is { } time)
        {
            return new(Time: time);
        }
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var unit = words.Length == 2 ? words[1] : "runs";
        var number = 0;
        var isNumber =
            words.Length is 1 or 2 && int.TryParse(words[0], CultureInfo.InvariantCulture, out number) && number > 0;
        return unit switch
        {
            "run" or "runs" when isNumber => new(Runs: number),
            "epoch" or "epochs" when isNumber => new(Epochs: number),
            _ => throw new SettingException(
                $"The budget is '{text}'; expected a number of runs, or e.g. '300 epochs', '90 seconds', '20 minutes', '2 hours'"
            ),
        };
    }

    /// <summary>The limits in words, e.g. <c>30 runs</c>.</summary>
    public string Title =>
        string.Join(
            ", ",
            new[]
            {
                Runs is { } runs ? Counted.Of(runs, "run", "runs") : null,
                Epochs is { } epochs ? Counted.Of(epochs, "epoch", "epochs") : null,
                Time is { } time
                    ? time.Ticks % TimeSpan.TicksPerMinute == 0
                        ? Counted.Of((long)time.TotalMinutes, "minute", "minutes")
                        : Counted.Of((long)time.TotalSeconds, "second", "seconds")
                    : null,
            }.OfType<string>()
        );

    /// <summary>Whether another run may begin.</summary>
    internal bool Allows(int runs, long epochs, TimeSpan time) =>
        !(runs >= Runs) && !(epochs >= Epochs) && !(time >= Time);

    /// <summary>Whether any limit is given: a search without one would not end.</summary>
    internal bool IsGiven => Runs is not null || Epochs is not null || Time is not null;
}
