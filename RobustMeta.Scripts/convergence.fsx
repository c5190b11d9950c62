// Convergence (F5, F13): losses, duality gap, effective sample sizes and validation by epoch.
//   dotnet fsi RobustMeta.Scripts/convergence.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "convergence" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

let epochs = Study.history study

let means =
    epochs
    |> Frame.aggregateRowsBy [ "data"; "base"; "method"; "epoch" ] [ "meanLoss"; "validation"; "userEss" ] Stats.mean

means.Print()
