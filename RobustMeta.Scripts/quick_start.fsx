// dotnet fsi RobustMeta.Scripts/quick_start.fsx [name value …]
#load "load.fsx"

exit (RobustMeta.Scripts.CommandLine.run [ "quick_start"; yield! List.tail (List.ofArray fsi.CommandLineArgs) ])
