// The overall comparison (T3): data sets × base models, plain and robust, on every test set.
//   dotnet fsi RobustMeta.Scripts/overall.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "overall" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

let results = Study.frame study |> Frame.filterRows (fun _ row -> row.GetAs<string> "metric" = "NDCG@10")
let means = results |> Frame.aggregateRowsBy [ "data"; "base"; "method"; "coordinate" ] [ "mean" ] Stats.mean
means.Print()
