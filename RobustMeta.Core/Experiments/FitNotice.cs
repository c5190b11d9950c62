using System.Globalization;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>
/// Says that a fit goes on: after two seconds, and then at growing intervals, until it ends or reports its progress by itself.
/// </summary>
internal sealed class FitNotice : IDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private const int Growth = 3;

    private readonly string name;
    private readonly Action<string>? tell;
    private readonly ITimer? timer;
    private readonly Lock gate = new();
    private TimeSpan elapsed = First;
    private TimeSpan pause = First;
    private bool isOver;

    /// <summary>Starts to watch.</summary>
    /// <param name="name">Name of the method.</param>
    /// <param name="tell">Called with each notice, on a thread of its own; null: no notices.</param>
    /// <param name="clock">The clock that it counts by; null: the system's.</param>
    public FitNotice(string name, Action<string>? tell, TimeProvider? clock = null)
    {
        this.name = name;
        this.tell = tell;
        timer = tell is null
            ? null
            : (clock ?? TimeProvider.System).CreateTimer(_ => Say(), null, First, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Progress that ends the notices with its first report; null where there is none.</summary>
    public IProgress<EpochRecord>? Until(IProgress<EpochRecord>? progress) =>
        progress is null ? null : new Ending(this, progress);

    /// <summary>Ends the notices.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
        }
        timer?.Dispose();
    }

    private void Say()
    {
        lock (gate)
        {
            if (isOver)
            {
                return;
            }
            tell!(string.Create(CultureInfo.InvariantCulture, $"{name}: fitting for {elapsed.TotalSeconds:0} s"));
            pause = pause * Growth < Longest ? pause * Growth : Longest;
            elapsed += pause;
            timer!.Change(pause, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Ending(FitNotice notice, IProgress<EpochRecord> progress) : IProgress<EpochRecord>
    {
        public void Report(EpochRecord value)
        {
            notice.Dispose();
            progress.Report(value);
        }
    }
}
