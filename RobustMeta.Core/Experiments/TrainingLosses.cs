using System.Collections.Immutable;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>The losses that a trained model leaves on the interactions it was trained on: what learned weights stand beside.</summary>
internal static class TrainingLosses
{
    private const int BatchSize = 256;

    /// <summary>Loss of each query interaction after adaptation, at the engine's parameters, user after user.</summary>
    /// <param name="engine">The trained engine.</param>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="tasks">Training tasks.</param>
    /// <param name="phase">The phase of training whose loss is meant.</param>
    public static float[] Of(
        IMetaGradientEngine engine,
        TaskSource source,
        ImmutableArray<UserTask> tasks,
        TrainingPhase phase
    )
    {
        var starts = new int[tasks.Length + 1];
        for (var u = 0; u < tasks.Length; u++)
        {
            starts[u + 1] = starts[u] + tasks[u].Query.Length;
        }
        var all = new float[starts[^1]];
        foreach (var batch in source.Batches(tasks, BatchSize))
        {
            var losses = engine.Forward(batch, default, phase);
            for (var b = 0; b < batch.Count; b++)
            {
                losses[batch.QueryRange(b)].CopyTo(all.AsSpan(starts[batch.Positions[b]]));
            }
        }
        return all;
    }
}
