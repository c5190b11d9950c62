// Plain and robust training of MeLU on the example data: dotnet fsi analysis.fsx
// quick: loaded
#load "load.fsx"

open RobustMeta.Scripts

let shared = [ "dataset", "my-shop"; "epoch", "10"; "optimizer", "adam"; "lr", "0.005"; "weightDecay", "0.0001" ]
let plain = Experiment.spec "MeLU" (("preset", "plain") :: shared)
let robust = Experiment.spec "MeLU" (("preset", "robustmeta") :: shared)
let comparison = Experiment.compare "results" [ plain; robust ]
comparison |> Experiment.printTable "NDCG@10"

comparison
|> Experiment.differences "NDCG@10" robust.MethodName plain.MethodName "all" (fun _ -> true)
|> Tables.markdown
|> printf "%s"

comparison |> Experiment.saveFigure "NDCG@10" "results/figure.html"
