// What methods cost (T5).
//   dotnet fsi RobustMeta.Scripts/cost.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open Deedle
open RobustMeta.Scripts

let study = StudyCommand.ofWords "cost" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"

// Baselines are not timed.
let results =
    Study.frame study
    |> Frame.filterRows (fun _ row -> row.TryGetAs<float>("trainSeconds").HasValue)
    |> Frame.aggregateRowsBy [ "data"; "method" ] [ "trainSeconds"; "peakBytes" ] Stats.median

results.Print()
