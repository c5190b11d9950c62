namespace RobustMeta.Benchmarks.Contenders;

/// <summary>A contender whose processes are up.</summary>
internal sealed class RunningContender : IDisposable
{
    private readonly ContenderProcess[] processes;

    /// <summary>Starts all processes and waits until they have loaded their data.</summary>
    public RunningContender(Contender contender)
    {
        Contender = contender;
        processes =
        [
            .. Enumerable.Range(0, contender.Processes).Select(_ => new ContenderProcess(contender.Command())),
        ];
        try
        {
            Ready = processes.Select(p => p.Receive<Ready>()).ToArray()[0];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Who runs.</summary>
    public Contender Contender { get; }

    /// <summary>What it computes with.</summary>
    public Ready Ready { get; }

    /// <summary>The kernel that OpenBLAS said it took, or null.</summary>
    public string? BlasKernel =>
        processes[0]
            .Errors.Where(line => line.StartsWith("Core: ", StringComparison.Ordinal))
            .Select(line => line["Core: ".Length..])
            .LastOrDefault();

    /// <summary>Passes of a run; see <see cref="Calibrate"/>.</summary>
    public int Passes { get; private set; } = 1;

    /// <summary>Loss and gradient of the first batch; the gradient goes to a file.</summary>
    public Checked Check(string path, string type)
    {
        processes[0].Send($"check {path} {type}");
        return processes[0].Receive<Checked>();
    }

    /// <summary>One run of all processes at once; users, CPU time and memory are their sums.</summary>
    public Ran Run() => Run(Passes);

    /// <summary>Runs until the code is warm, then sets <see cref="Passes"/> so that a run takes about so long; the last run.</summary>
    public Ran Calibrate(double warmupSeconds, double runSeconds)
    {
        var last = Run(1);
        for (var spent = last.Wall; spent < warmupSeconds; spent += last.Wall)
        {
            last = Run(1);
        }
        Passes = Math.Max(1, (int)Math.Round(runSeconds / last.Wall));
        return last;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Dispose();
        }
    }

    private Ran Run(int passes)
    {
        foreach (var process in processes)
        {
            process.Send($"run {passes}");
        }
        var runs = processes.Select(p => p.Receive<Ran>()).ToArray();
        return new(
            runs.Sum(r => r.Users),
            runs.Max(r => r.Wall),
            runs.Sum(r => r.Cpu),
            runs.Sum(r => r.PeakBytes),
            runs.Average(r => r.Loss)
        );
    }
}
