using System.Globalization;

namespace RobustMeta.Settings;

/// <summary>Lengths of time as files and commands have them: <c>90 seconds</c>, <c>1 minute</c>, <c>2 hours</c>.</summary>
public static class TimeText
{
    /// <summary>A positive whole number of seconds, minutes or hours, the unit also in the singular; null where it is none.</summary>
    /// <param name="text">The text.</param>
    public static TimeSpan? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return
            words.Length == 2
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0
            ? words[1] switch
            {
                "second" or "seconds" => TimeSpan.FromSeconds(number),
                "minute" or "minutes" => TimeSpan.FromMinutes(number),
                "hour" or "hours" => TimeSpan.FromHours(number),
                _ => null,
            }
            : null;
    }
}
