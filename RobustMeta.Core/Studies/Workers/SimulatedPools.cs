namespace RobustMeta.Studies.Workers;

/// <summary>The runs that are not begun, by the worker that does them first.</summary>
internal sealed class SimulatedPools
{
    private readonly int runs;
    private readonly int workers;
    private readonly int[] next;

    // The first worker, in turn, of whom runs may be left: those before have none.
    private int behind;
    private int left;

    public SimulatedPools(int runs, int workers)
    {
        (this.runs, this.workers, left) = (runs, workers, runs);
        next = [.. Enumerable.Range(0, workers)];
    }

    /// <summary>The next run of a worker: its own, else the first that is left; null: none is.</summary>
    public int? Next(int worker)
    {
        if (left == 0)
        {
            return null;
        }
        while (next[worker] >= runs)
        {
            worker = behind;
            behind += next[behind] >= runs ? 1 : 0;
        }
        left--;
        var run = next[worker];
        next[worker] += workers;
        return run;
    }
}
