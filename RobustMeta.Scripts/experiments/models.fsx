// All models and baselines on MovieLens-100K (10 seeds) and MovieLens-1M (5 seeds), equally tuned.
//   dotnet fsi RobustMeta.Scripts/experiments/models.fsx [datasets a,b] [labels rating,click] [methods a,b] [seeds n] [out FOLDER]
// Runs the named part of what is not finished yet (all of it without words), then writes models.md into docs/results from
// everything that is. `report` alone runs nothing.
// quick: with ml-100k datasets ml-100k labels rating methods bias seeds 1 out .
#load "../load.fsx"

open System.IO
open System.Threading
open RobustMeta.Scripts

let words = List.tail (List.ofArray fsi.CommandLineArgs)

let plan =
    match words with
    | [ "report" ] -> ModelStudy.full
    | words ->
        let part = ModelStudy.part ModelStudy.full words
        ModelStudy.run part CancellationToken.None
        { ModelStudy.full with Out = part.Out }

File.WriteAllText(Path.Combine(Load.reports, "models.md"), ModelReport.text plan)
