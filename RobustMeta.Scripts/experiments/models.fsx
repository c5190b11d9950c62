// All models and baselines on MovieLens-100K (10 seeds) and MovieLens-1M (5 seeds), equally tuned; see models.toml.
//   dotnet fsi RobustMeta.Scripts/experiments/models.fsx [quick] [run|report|status|plan] [methods A,B] [data A,B] [name value …]
// quick: quick
#load "../load.fsx"

exit (RobustMeta.Scripts.CommandLine.run [ "study"; "models"; yield! List.tail (List.ofArray fsi.CommandLineArgs) ])
