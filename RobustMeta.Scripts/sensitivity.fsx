// Sensitivity to settings (F2 to F4): one at a time, and both rates of the weights together.
//   dotnet fsi RobustMeta.Scripts/sensitivity.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "sensitivity" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

let results = Study.frame study |> Frame.filterRows (fun _ row -> row.GetAs<string> "metric" = "NDCG@10")
let means = results |> Frame.aggregateRowsBy [ "sweep"; "settings"; "method"; "coordinate" ] [ "mean" ] Stats.mean
means.Print()
