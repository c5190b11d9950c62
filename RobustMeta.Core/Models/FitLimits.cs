using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Models;

/// <summary>
/// What fitting one method may take of this machine. It belongs to the machine and not to the method, so that it is no setting of a
/// spec: variables of the environment change it.
/// </summary>
/// <param name="Bytes">Most memory, in bytes.</param>
/// <param name="Time">Longest time.</param>
public sealed record FitLimits(double Bytes, TimeSpan Time)
{
    /// <summary>Name of the variable with the most memory, in GB (10⁹ bytes).</summary>
    public const string MemoryVariable = "ROBUSTMETA_MEMORY";

    /// <summary>Name of the variable with the longest time, in minutes.</summary>
    public const string MinutesVariable = "ROBUSTMETA_FIT_MINUTES";

    private const double FractionOfMemory = 0.8;
    private const double DefaultMinutes = 60;

    /// <summary>The limits of this process: 80 % of the memory it may use, and an hour, unless the environment says otherwise.</summary>
    /// <exception cref="SettingException">A variable holds no positive number.</exception>
    public static FitLimits Current =>
        Of(Environment.GetEnvironmentVariable(MemoryVariable), Environment.GetEnvironmentVariable(MinutesVariable));

    /// <summary>The limits that two texts say.</summary>
    /// <param name="memory">Most memory in GB; null or empty for the default.</param>
    /// <param name="minutes">Longest time in minutes; null or empty for the default.</param>
    /// <exception cref="SettingException">One is no positive number.</exception>
    public static FitLimits Of(string? memory, string? minutes) =>
        new(
            Number(MemoryVariable, memory, "GB") * 1e9
                ?? FractionOfMemory * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            TimeSpan.FromMinutes(Number(MinutesVariable, minutes, "minutes") ?? DefaultMinutes)
        );

    private static double? Number(string variable, string? text, string unit) =>
        string.IsNullOrEmpty(text) ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && x > 0 && x < 1e9 ? x
        : throw new SettingException(
            $"The variable {variable} is '{text}'; expected a number of {unit} above 0, such as {variable}=16."
        );
}
