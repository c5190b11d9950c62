using BenchmarkDotNet.Attributes;
using RobustMeta.Robustness;
using RobustMeta.Robustness.Adversaries;
using RobustMeta.Robustness.Sets;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Micro;

/// <summary>A step of the weights of a batch's users, with all weights projected at once, and with the projection deferred.</summary>
public class AscentBenchmarks
{
    private const int Batch = 32;
    private WeightAscent ascent = null!;
    private DeferredWeights deferred = null!;
    private double[] weights = [];
    private double[] losses = [];
    private int[] places = [];
    private Random random = null!;

    /// <summary>Sets whose projections can be deferred.</summary>
    [Params("simplex", "unit-ball")]
    public string Set { get; set; } = "";

    /// <summary>Number of training users.</summary>
    [Params(20_000, 1_000_000)]
    public int Users { get; set; }

    /// <summary>Begins with equal weights.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        var set = AmbiguitySet.Parse(Set);
        ascent = new(new SetResponse(set, 0), new ProjectedStep(set), 0.1);
        random = Seeds.Generator(1, "ascent");
        weights = [.. Enumerable.Repeat(1.0, Users)];
        losses = [.. Enumerable.Range(0, Batch).Select(_ => random.NextDouble())];
        places = new int[Batch];
        deferred = ascent.Defer()!;
        deferred.Load(weights);
    }

    /// <summary>A pass over all weights.</summary>
    [Benchmark(Baseline = true)]
    public void Whole()
    {
        Draw();
        ascent.AscendSome(weights, places, losses);
    }

    /// <summary>The weights of the batch alone.</summary>
    [Benchmark]
    public bool Deferred()
    {
        Draw();
        return ascent.TryAscendSome(deferred, places, losses, weights);
    }

    // Distinct places, spread over all users.
    private void Draw()
    {
        var first = random.Next(Users);
        for (var i = 0; i < Batch; i++)
        {
            places[i] = (int)((first + (long)i * (Users / Batch) + i) % Users);
        }
    }
}
