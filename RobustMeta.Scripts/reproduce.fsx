// The whole analysis, from raw data to one report: every study, table and figure.
//   dotnet fsi RobustMeta.Scripts/reproduce.fsx quick|paper [DATA…] [plan] [out FOLDER]
// quick: quick synthetic plan
#load "load.fsx"

exit (RobustMeta.Scripts.CommandLine.run [ "reproduce"; yield! List.tail (List.ofArray fsi.CommandLineArgs) ])
