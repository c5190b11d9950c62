// Ambiguity sets side by side (F14).
//   dotnet fsi RobustMeta.Scripts/sets.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "sets" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

let results = Study.frame study |> Frame.filterRows (fun _ row -> row.GetAs<string> "metric" = "NDCG@10")
let means = results |> Frame.aggregateRowsBy [ "data"; "method"; "settings" ] [ "mean"; "worstDecile" ] Stats.mean
means.Print()
