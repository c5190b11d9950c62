using RobustMeta.Engine;
using RobustMeta.Tasks;

namespace RobustMeta.Benchmarks.Contenders;

/// <summary>What is measured of an engine: a forward and a backward pass of a batch with uniform weights.</summary>
internal static class EnginePass
{
    /// <summary>Mean over users of the mean query loss, as the peers have it; leaves the gradient in the engine's parameters.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="batch">Users with as many queries each.</param>
    public static double Gradient(IMetaGradientEngine engine, TaskBatch batch)
    {
        var weight = 1f / batch.QueryItems.Length;
        var losses = engine.Forward(batch);
        var loss = 0.0;
        foreach (var value in losses)
        {
            loss += (double)value * weight;
        }
        Span<float> queries = losses.Length <= 4096 ? stackalloc float[losses.Length] : new float[losses.Length];
        Span<float> users = batch.Count <= 1024 ? stackalloc float[batch.Count] : new float[batch.Count];
        queries.Fill(weight);
        users.Fill(1f / batch.Count);
        engine.Backward(queries, users);
        return loss;
    }
}
