// Plain and robust training of MeLU on the example data: dotnet fsi analysis.fsx
// quick: loaded
#load "load.fsx"

open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Scripts
open RobustMeta.Training

let training = TrainerSpec(Epoch = 10, Optimizer = OptimizerKind.Adam, Lr = 0.005, WeightDecay = 0.0001)
let melu = MetaMethodSpec(MeLUSpec(), Training = training)
let plain, robust = melu.Plain(), melu.Robust "robustmeta"
let comparison = Experiment("my-shop", plain, robust, EaseSpec()) |> Experiment.run "results"
comparison |> Experiment.printTable "NDCG@10"
comparison |> Experiment.printDifferences "NDCG@10" robust.DisplayName plain.DisplayName
comparison |> Experiment.saveFigure "NDCG@10" "results/figure.html"
