// Does robust training help? Data sets × base models × methods × seeds with an equal tuning budget; see robustness.toml.
//   dotnet fsi RobustMeta.Scripts/experiments/robustness.fsx [quick] [run|report|status|plan] [data A,B] [base A,B] [name value …]
// Finished runs are read at the next start; the same study for ratings: `study robustness-ratings`.
// quick: quick
#load "../load.fsx"

exit (RobustMeta.Scripts.CommandLine.run [ "study"; "robustness"; yield! List.tail (List.ofArray fsi.CommandLineArgs) ])
