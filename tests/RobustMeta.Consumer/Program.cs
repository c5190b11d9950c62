// A cold-start experiment on the library as a package: trains MeLU, adapts it to users that it has never seen, and serves a new one.
using RobustMeta.Data;
using RobustMeta.Experiments;

var spec = ExperimentSpec.Of("MeLU", ("epoch", "3"), ("userNum", "400"), ("optimizer", "adam"), ("lr", "0.005"));
var dataset = DatasetCatalog.Default.Load(spec.Dataset);
var prepared = PreparedExperiment.Of(spec, dataset);
var result = ExperimentRunner.Run(prepared, spec);
foreach (var set in prepared.TestSets)
{
    var mean = result
        .Users.Where(row => row.TestSet == set.Number && row.Metric == "NDCG@10")
        .Average(row => row.Value);
    Console.WriteLine($"beta {set.Coordinate}: NDCG@10 {mean:F4} over {set.Tasks.Length} test tasks");
}
Serving.Show(prepared, result);
