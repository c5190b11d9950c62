// All models and baselines on MovieLens-100K (10 seeds) and MovieLens-1M (5 seeds), equally tuned.
//   dotnet fsi RobustMeta.Scripts/experiments/models.fsx [datasets a,b] [labels rating,click] [methods a,b] [seeds n] [out FOLDER]
// Runs the named part of what is not finished yet (all of it without words), then writes models.md beside this file from
// everything that is. `report` alone runs nothing.
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

File.WriteAllText(Path.Combine(__SOURCE_DIRECTORY__, "..", "..", "docs", "results", "models.md"), ModelReport.text plan)
