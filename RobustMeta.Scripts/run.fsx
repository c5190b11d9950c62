// dotnet fsi RobustMeta.Scripts/run.fsx MODEL [name value …]
#load "load.fsx"

exit (RobustMeta.Scripts.CommandLine.run [ "run"; yield! List.tail (List.ofArray fsi.CommandLineArgs) ])
