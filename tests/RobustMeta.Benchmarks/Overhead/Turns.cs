namespace RobustMeta.Benchmarks.Overhead;

/// <summary>Two threads that work in turn: while one does, the other waits.</summary>
internal sealed class Turns
{
    private readonly object gate = new();
    private readonly bool[] hasEnded = new bool[2];
    private int turn;

    /// <summary>Waits for the turn, or for the end of the other.</summary>
    /// <param name="me">0 for the one that begins, 1 for the other.</param>
    public void Await(int me)
    {
        lock (gate)
        {
            while (turn != me && !hasEnded[1 - me])
            {
                Monitor.Wait(gate);
            }
        }
    }

    /// <summary>Gives the turn to the other.</summary>
    public void Pass(int me)
    {
        lock (gate)
        {
            turn = 1 - me;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>From here on the other works alone.</summary>
    public void End(int me)
    {
        lock (gate)
        {
            hasEnded[me] = true;
            Monitor.PulseAll(gate);
        }
    }
}
