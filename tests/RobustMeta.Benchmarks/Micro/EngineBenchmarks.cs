using BenchmarkDotNet.Attributes;
using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Workload;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Benchmarks.Micro;

/// <summary>One batch of 32 users through an engine, at the dimensions of the side-by-side measurement.</summary>
public class EngineBenchmarks
{
    private IMetaGradientEngine engine = null!;
    private TaskBatch batch = null!;
    private float[] queryWeights = [];
    private float[] userWeights = [];

    /// <summary>All engines.</summary>
    public static IEnumerable<string> Keys => EngineChoice.All.Select(e => e.Key);

    /// <summary>The engine.</summary>
    [ParamsSource(nameof(Keys))]
    public string Engine { get; set; } = "";

    /// <summary>The model: one of each form that the fused engine computes.</summary>
    [Params("MeLU", "MetaRidge")]
    public string Model { get; set; } = "";

    /// <summary>Makes the workload.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        var workload = new SyntheticWorkload(new WorkloadSpec());
        var choice = EngineChoice.Named(Engine);
        var batches = workload.Batches(choice.Order).ToArray();
        batch = batches[batches.Length / 2];
        var model =
            Model == "MeLU"
                ? workload.Model
                : ModelSpec
                    .Registry.Named(Model)
                    .Create(workload.Schema, SyntheticWorkload.EmbeddingScale, workload.Model.Label);
        engine = choice.Create(model, model.CreateParameters(workload.Spec.Seed));
        queryWeights = new float[batch.QueryItems.Length];
        Array.Fill(queryWeights, 1f / queryWeights.Length);
        userWeights = new float[batch.Count];
        Array.Fill(userWeights, 1f / batch.Count);
    }

    /// <summary>Ends the engine.</summary>
    [GlobalCleanup]
    public void End() => engine.Dispose();

    /// <summary>The meta-gradient.</summary>
    [Benchmark]
    public void Gradient()
    {
        engine.Forward(batch);
        engine.Backward(queryWeights, userWeights);
    }

    /// <summary>Adaptation and prediction alone.</summary>
    [Benchmark]
    public float[] Predict() => engine.Predict(batch);
}
