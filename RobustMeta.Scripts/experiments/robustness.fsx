// Does robust training help? Data sets × base models × methods × seeds with an equal tuning budget; see robustness.toml.
//   dotnet fsi RobustMeta.Scripts/experiments/robustness.fsx [quick|ratings] [report] [DATA [BASE]]
// e.g. `robustness.fsx ml-100k MeLU`. Every finished run is kept below results/robustness and read at the next start; `report`
// only writes the report anew from what is there. The same as a command of the executable: `robustness …`.
// quick: quick
#load "../load.fsx"

open System.IO

let root = Path.Combine(__SOURCE_DIRECTORY__, "..", "..")
let words = List.tail (List.ofArray fsi.CommandLineArgs)
let has (name: string) = words |> List.exists (fun word -> word.TrimStart '-' = name)

let name, report =
    if has "quick" then
        "robustness-quick", Path.Combine(root, "results", "robustness-quick", "robustness.md")
    elif has "ratings" then
        "robustness-ratings", Path.Combine(Load.reports, "robustness-ratings.md")
    else
        "robustness", Path.Combine(Load.reports, "robustness.md")

let places =
    [
        "grid"
        Path.Combine(__SOURCE_DIRECTORY__, name + ".toml")
        "out"
        Path.Combine(root, "results", name)
        "to"
        report
    ]

exit (RobustMeta.Scripts.CommandLine.run ("robustness" :: words @ places))
