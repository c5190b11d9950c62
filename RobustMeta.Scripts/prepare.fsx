// Prepares a data set by its recipe: dotnet fsi RobustMeta.Scripts/prepare.fsx NAME [core K] [negatives N] [popularity A]
// [seed S] [parquet true] [out FOLDER]. Prints and keeps the counts of every step; the folder (default data/NAME-prepared) is then a data set
// of that name. The recipes are in RobustMeta.Scripts/Preparation/Recipes; data/README.md shows how to change one.
// quick: with ml-100k ml-100k core 10 out prepared
#load "load.fsx"

exit (RobustMeta.Scripts.CommandLine.run [ "prepare"; yield! List.tail (List.ofArray fsi.CommandLineArgs) ])
