// The example of the README: dotnet fsi RobustMeta.Scripts/my_experiment.fsx
// quick: with ml-100k
#load "load.fsx"

open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Scripts
open RobustMeta.Training

let training = TrainerSpec(Epoch = 20, Optimizer = OptimizerKind.Adam, Lr = 0.005, WeightDecay = 0.0001)
let melu = MetaMethodSpec(MeLUSpec(HiddenDim1 = 64), Training = training)
let plain, robust = melu.Plain(), melu.Robust "robustmeta"
let experiment = Experiment("ml-100k", plain, robust, EaseSpec()).Measured(Ndcg(), Recall().At 15)
let comparison = experiment |> Experiment.run "results"
comparison |> Experiment.printTable "NDCG@10"
comparison |> Experiment.printDifferences "NDCG@10" robust.DisplayName plain.DisplayName
comparison |> Experiment.saveFigure "NDCG@10" "results/mine.html"
