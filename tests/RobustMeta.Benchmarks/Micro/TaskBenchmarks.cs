using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using RobustMeta.Data;
using RobustMeta.Evaluation;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Benchmarks.Micro;

/// <summary>What surrounds the engine in an epoch: making batches, and measuring rankings.</summary>
public class TaskBenchmarks
{
    private TaskSource source = null!;
    private ImmutableArray<UserTask> tasks;
    private int[] positions = [];
    private Evaluator evaluator = null!;
    private FixedScores method = null!;

    /// <summary>Generates the synthetic world.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        var ratings = SyntheticRatings.Generate(new SyntheticSpec(), seed: 1).Ratings;
        source = new(ratings, LabelKind.Click, 4);
        tasks = TaskSplit.Of(ratings, new() { MinRatings = 42 }, seed: 1).MetaTrain;
        positions = [.. Seeds.Generator(1, "batch").Permutation(tasks.Length).Take(32)];
        ImmutableArray<Metric> metrics = [.. new[] { "NDCG@10", "Recall@10", "AUC", "LogLoss" }.Select(Metric.Parse)];
        evaluator = new(source, metrics, new CandidateRule((int?)null), seed: 1);
        method = new(source.Batches(tasks, tasks.Length).Single().QueryItems.Length);
    }

    /// <summary>A batch of 32 tasks.</summary>
    [Benchmark]
    public TaskBatch Batch() => source.Batch(tasks, positions);

    /// <summary>Four metrics for every user of the world, with scores that cost nothing.</summary>
    [Benchmark]
    public int Evaluate() => evaluator.Evaluate(method, 0, tasks).Count;

    private sealed class FixedScores(int longest) : IPredictor
    {
        private readonly float[] scores = Scores(longest);

        public string Name => "fixed";

        public bool ScoresAreLabels => true;

        public float[] Predict(TaskBatch batch) => scores[..batch.QueryItems.Length];

        private static float[] Scores(int count)
        {
            var random = Seeds.Generator(1, "scores");
            return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
        }
    }
}
