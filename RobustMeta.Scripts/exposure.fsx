// Priors of MetaPMF informed by which items were rated, beside plain ones and baselines.
//   dotnet fsi RobustMeta.Scripts/exposure.fsx [quick] [name value …]
// quick: quick
#load "load.fsx"

open RobustMeta.Scripts

let study = StudyCommand.ofWords "exposure" (Array.tail fsi.CommandLineArgs)
Study.run study
printfn $"report: {Study.saveReport None study}"
