// dotnet fsi RobustMeta.Scripts/quick_start.fsx [name value …]
// quick: epoch 1 userNum 150 shiftDraws 1
#load "load.fsx"

exit (RobustMeta.Scripts.CommandLine.run [ "quick_start"; yield! List.tail (List.ofArray fsi.CommandLineArgs) ])
