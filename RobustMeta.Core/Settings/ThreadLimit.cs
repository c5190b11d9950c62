namespace RobustMeta.Settings;

/// <summary>How many threads one process may compute on. No result depends on it.</summary>
public static class ThreadLimit
{
    /// <summary>Name of the variable of the environment that limits the threads.</summary>
    public const string Variable = "ROBUSTMETA_THREADS";

    /// <summary>Number of threads that <see cref="Variable"/> allows; 0 for one a processor.</summary>
    /// <exception cref="SettingException"><see cref="Variable"/> is no number of threads.</exception>
    public static int Threads()
    {
        var text = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }
        return int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var threads) && threads >= 0
            ? threads
            : throw new SettingException(
                $"{Variable} is '{text}'; expected a number of threads, or 0 for one a processor"
            );
    }

    /// <summary>For loops over independent pieces.</summary>
    /// <exception cref="SettingException"><see cref="Variable"/> is no number of threads.</exception>
    public static ParallelOptions Parallel() =>
        new() { MaxDegreeOfParallelism = Threads() is var threads and > 0 ? threads : Environment.ProcessorCount };
}
