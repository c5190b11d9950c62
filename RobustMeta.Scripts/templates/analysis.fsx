// Plain and robust training of MeLU on the example data: dotnet fsi analysis.fsx. README.md explains the numbers.
// quick: loaded
#load "load.fsx"

open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Scripts
open RobustMeta.Tasks
open RobustMeta.Training

let training = TrainerSpec(Epoch = 25, Optimizer = OptimizerKind.Adam, Lr = 0.005, WeightDecay = 0.0003)
let melu = MetaMethodSpec(MeLUSpec(), Training = training)
let plain, robust, control = melu.Plain(), melu.Robust "robustmeta", melu.Robust "distill"
let split = TaskSplitSpec(SupportSize = 8, TestFraction = 0.3)
let experiment = Experiment("my-shop", plain, robust, control, EaseSpec()).Split split
let comparison = experiment |> Experiment.run "results"
comparison |> Experiment.printTable "NDCG@10"
comparison |> Experiment.printDifferences "NDCG@10" robust.DisplayName plain.DisplayName
comparison |> Experiment.saveFigure "NDCG@10" "results/figure.html"
