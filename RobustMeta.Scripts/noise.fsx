// Wrong labels in the supports of test users (F19).
//   dotnet fsi RobustMeta.Scripts/noise.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "noise" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

let results = Study.frame study |> Frame.aggregateRowsBy [ "data"; "method"; "coordinate" ] [ "mean" ] Stats.mean
results.Print()
