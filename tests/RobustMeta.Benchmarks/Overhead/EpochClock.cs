using System.Diagnostics;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Training;

namespace RobustMeta.Benchmarks.Overhead;

/// <summary>Reads the clock and the processor time after each epoch.</summary>
internal sealed class EpochClock : IProgress<EpochRecord>
{
    private readonly List<(double Wall, double Cpu)> epochs = [];
    private long started = Stopwatch.GetTimestamp();
    private TimeSpan spent = Environment.CpuUsage.TotalTime;

    /// <summary>Seconds of an epoch, by the clock and of the processor: medians without the first epoch.</summary>
    public (double Wall, double Cpu) Median =>
        (Series.Median(epochs.Skip(1).Select(e => e.Wall)), Series.Median(epochs.Skip(1).Select(e => e.Cpu)));

    /// <inheritdoc/>
    public void Report(EpochRecord value)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        epochs.Add((Stopwatch.GetElapsedTime(started).TotalSeconds, (cpu - spent).TotalSeconds));
        (started, spent) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
    }
}
