using System.Diagnostics;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Benchmarks.Overhead;

/// <summary>
/// An engine whose trainer gives its turn away after some steps, and how long its turns took: all that the trainer does between
/// receiving a turn and giving it away, optimizer and weights included.
/// </summary>
internal sealed class TurnEngine(FusedEngine engine, Turns turns, int me, int steps)
    : IPartEngine,
        IProgress<EpochRecord>
{
    private readonly IPartEngine parts = engine;
    private readonly List<(double Wall, double Cpu)> slices = [];
    private long started;
    private TimeSpan spent;
    private int done;

    /// <summary>Seconds of each turn after the first epoch, by the clock and of the processor.</summary>
    public IReadOnlyList<(double Wall, double Cpu)> Slices => slices;

    /// <summary>Waits for the first turn.</summary>
    public void Begin()
    {
        turns.Await(me);
        Start();
    }

    /// <summary>Ends the last turn.</summary>
    public void End()
    {
        Note();
        turns.End(me);
    }

    /// <inheritdoc/>
    // The first epoch warms up.
    public void Report(EpochRecord value)
    {
        if (value.Epoch == 1)
        {
            slices.Clear();
            Start();
        }
    }

    /// <inheritdoc/>
    public ParameterSet Parameters => engine.Parameters;

    /// <inheritdoc/>
    public ReadOnlySpan<float> SupportGradient => engine.SupportGradient;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Forward(TaskBatch batch, ReadOnlySpan<float> supportWeights, TrainingPhase? phase)
    {
        GiveWay();
        return engine.Forward(batch, supportWeights, phase);
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> queryWeights, ReadOnlySpan<float> userWeights)
    {
        engine.Backward(queryWeights, userWeights);
        done++;
    }

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch) => engine.Predict(batch);

    /// <inheritdoc/>
    public bool TakesParts(TrainingPhase phase) => parts.TakesParts(phase);

    /// <inheritdoc/>
    public ReadOnlySpan<float> ForwardParts(TaskBatch batch, ReadOnlySpan<int> ends, TrainingPhase phase)
    {
        GiveWay();
        return parts.ForwardParts(batch, ends, phase);
    }

    /// <inheritdoc/>
    public double[,] PartProducts() => parts.PartProducts();

    /// <inheritdoc/>
    public void BackwardParts(ReadOnlySpan<float> factors)
    {
        parts.BackwardParts(factors);
        done++;
    }

    /// <inheritdoc/>
    public void Dispose() => engine.Dispose();

    private void GiveWay()
    {
        if (done < steps)
        {
            return;
        }
        Note();
        turns.Pass(me);
        turns.Await(me);
        Start();
    }

    private void Start() => (started, spent, done) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, 0);

    private void Note() =>
        slices.Add(
            (Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - spent).TotalSeconds)
        );
}
