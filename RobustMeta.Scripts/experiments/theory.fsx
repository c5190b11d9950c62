// The theory made visible: rates of convergence, generalisation against users and radius, the upper bound.
//   dotnet fsi RobustMeta.Scripts/experiments/theory.fsx [quick]
// Writes theory.md into docs/results (with quick: into results/theory, with the figure).
// quick: quick
#load "../load.fsx"

open System.IO

let words = List.tail (List.ofArray fsi.CommandLineArgs)
let results = Path.Combine(__SOURCE_DIRECTORY__, "..", "..", "results", "theory")
let code = RobustMeta.Scripts.CommandLine.run ("theory" :: words @ [ "out"; results ])

if code = 0 && words.IsEmpty then
    File.Copy(Path.Combine(results, "theory.md"), Path.Combine(Load.reports, "theory.md"), true)

exit code
