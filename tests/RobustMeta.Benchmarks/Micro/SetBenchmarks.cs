using BenchmarkDotNet.Attributes;
using RobustMeta.Robustness;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Micro;

/// <summary>What the adversary does with every batch and epoch: projections and best responses.</summary>
public class SetBenchmarks
{
    private AmbiguitySet set = null!;
    private double[] losses = [];
    private double[] weights = [];

    /// <summary>One set of each kind.</summary>
    public static IEnumerable<string> Names => AmbiguitySet.Names;

    /// <summary>The set.</summary>
    [ParamsSource(nameof(Names))]
    public string Set { get; set; } = "";

    /// <summary>Number of losses: a batch of users, and all users of MovieLens-1M.</summary>
    [Params(32, 6040)]
    public int Losses { get; set; }

    /// <summary>Draws losses.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        set = AmbiguitySet.Parse(Set);
        var random = Seeds.Generator(1, "losses");
        losses = [.. Enumerable.Range(0, Losses).Select(_ => -Math.Log(1 - random.NextDouble()))];
        weights = new double[Losses];
    }

    /// <summary>Projection of a point about as far out as an ascent step leads.</summary>
    [Benchmark]
    public void Project()
    {
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = (1 + losses[i]) / weights.Length;
        }
        set.Project(weights);
    }

    /// <summary>The worst weights.</summary>
    [Benchmark]
    public void BestResponse() => set.BestResponse(losses, weights);
}
