// The radius of the ambiguity set (F10 to F12): mean and worst decile against the radius.
//   dotnet fsi RobustMeta.Scripts/radius.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "radius" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

let results = Study.frame study |> Frame.filterRows (fun _ row -> row.GetAs<string> "metric" = "NDCG@10")
let means = results |> Frame.aggregateRowsBy [ "data"; "method"; "settings" ] [ "mean"; "worstDecile" ] Stats.mean
means.Print()
