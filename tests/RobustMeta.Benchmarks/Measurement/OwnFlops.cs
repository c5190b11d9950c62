using RobustMeta.Benchmarks.Workload;
using RobustMeta.Engine;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Benchmarks.Measurement;

/// <summary>The arithmetic that the fused engine does, counted while it runs.</summary>
internal static class OwnFlops
{
    /// <summary>Mean over the users of a workload; see <see cref="CountingArithmetic"/>.</summary>
    public static double PerUser(SyntheticWorkload workload)
    {
        var counting = new CountingArithmetic(Arithmetic<float>.Best);
        using var engine = new FusedEngine(workload.Model, workload.CreateParameters(), 1, counting);
        foreach (var batch in workload.Batches(TaskOrder.Random))
        {
            engine.Forward(batch);
            engine.Backward(new float[batch.QueryItems.Length], new float[batch.Count]);
        }
        return counting.Count / workload.Spec.Users;
    }
}
