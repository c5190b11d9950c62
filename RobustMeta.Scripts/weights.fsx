// The learned weights (F7).
//   dotnet fsi RobustMeta.Scripts/weights.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "weights" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

let results =
    Study.history study |> Frame.aggregateRowsBy [ "data"; "method" ] [ "userEss"; "interactionEss" ] Stats.min

results.Print()
