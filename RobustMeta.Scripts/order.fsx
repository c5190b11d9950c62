// Order of the meta-gradient and rule of the ascent (F15), with their time.
//   dotnet fsi RobustMeta.Scripts/order.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "order" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

let results = Study.frame study |> Frame.filterRows (fun _ row -> row.GetAs<string> "metric" = "NDCG@10")

let means =
    results |> Frame.aggregateRowsBy [ "data"; "method"; "settings" ] [ "mean"; "trainSeconds" ] Stats.mean

means.Print()
