// Warm and cold users and items (F18).
//   dotnet fsi RobustMeta.Scripts/quadrants.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "quadrants" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

let results = Study.frame study |> Frame.aggregateRowsBy [ "data"; "method"; "coordinate" ] [ "mean" ] Stats.mean
results.Print()
