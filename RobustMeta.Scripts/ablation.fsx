// The ablation (T4, F1): the user weights alone, the interaction weights alone, and both.
//   dotnet fsi RobustMeta.Scripts/ablation.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "ablation" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

let results = Study.frame study |> Frame.filterRows (fun _ row -> row.GetAs<string> "metric" = "NDCG@10")
let means = results |> Frame.aggregateRowsBy [ "data"; "base"; "method"; "coordinate" ] [ "mean" ] Stats.mean
means.Print()
