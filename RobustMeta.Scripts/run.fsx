// dotnet fsi RobustMeta.Scripts/run.fsx MODEL [name value …]
// quick: MeLU epoch 1 userNum 150 shiftDraws 1
#load "load.fsx"

exit (RobustMeta.Scripts.CommandLine.run [ "run"; yield! List.tail (List.ofArray fsi.CommandLineArgs) ])
