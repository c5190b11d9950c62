/// `new FOLDER`: a folder outside the clone with data, a study file and an analysis script that run as they are.
module RobustMeta.Scripts.NewFolder

open System
open System.IO
open System.Reflection
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Settings

/// Name of the example data set.
[<Literal>]
let private DataSet = "my-shop"

// The launcher stands at the clone's root, four folders above the assemblies.
let private clone = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."))

// How a command begins that is run in another folder.
let private launcher =
    let name = if OperatingSystem.IsWindows() then "robustmeta.cmd" else "robustmeta"
    Path.Combine(clone, name).Replace('\\', '/')

let private isInClone (folder: string) =
    File.Exists(Path.Combine(clone, "RobustMeta.sln"))
    && folder.StartsWith(
        clone.TrimEnd Path.DirectorySeparatorChar + string Path.DirectorySeparatorChar,
        StringComparison.Ordinal
    )

/// A text of the folder `templates`, its placeholders filled.
let private template (name: string) =
    use stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("templates/" + name) |> nonNull
    use reader = new StreamReader(stream)
    let assemblies = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Replace('\\', '/')
    reader.ReadToEnd().Replace("{{assemblies}}", assemblies).Replace("{{launcher}}", launcher)

/// The example: a small world of the same kind as `synthetic`, as comma-separated ratings and items.
let private example () =
    let spec = SyntheticSpec(Users = 300, Items = 150, MinRatings = 40, MeanExtraRatings = 20.0)
    let ratings = SyntheticRatings.Generate(spec, 1L).Ratings
    let categories = (ratings.ItemFeatures.Find "category" |> nonNull) :?> TokenColumn

    let rows =
        [
            for row in 0 .. ratings.Count - 1 ->
                $"{ratings.Users[ratings.UserIndex[row]]},{ratings.Items[ratings.ItemIndex[row]]},{int ratings.Values[row]}"
        ]

    let items =
        [
            for item in 0 .. ratings.Items.Count - 1 ->
                $"{ratings.Items[item]},{categories.Vocabulary[categories.Tokens[item]]}"
        ]

    "customer,item,stars" :: rows, "item,category" :: items

let private lines (rows: string list) = String.Join('\n', rows) + "\n"

/// Makes the folder.
/// <exception cref="T:RobustMeta.Settings.SettingException">It exists and is not empty.</exception>
let create (folder: string) =
    let folder = Path.GetFullPath folder

    if
        File.Exists folder
        || (Directory.Exists folder && Seq.isEmpty (Directory.EnumerateFileSystemEntries folder) |> not)
    then
        raise (SettingException $"{folder} is there already: name a folder that does not exist or is empty.")

    OutFolder.Require(folder, "new")

    if isInClone folder then
        eprintfn
            $"note: {folder} is inside the clone, where git sees it; a folder beside the clone is better: new ../NAME"

    let ratings, items = example ()

    let files =
        [
            "README.md", template "README.md"
            "load.fsx", template "load.fsx"
            "analysis.fsx", template "analysis.fsx"
            "study.toml", template "study.toml"
            "data/catalog.toml", template "catalog.toml"
            $"data/{DataSet}/ratings.csv", lines ratings
            $"data/{DataSet}/items.csv", lines items
        ]

    // Made aside and renamed: what is ended in between leaves no half folder, which the same command would refuse. What such an
    // end left before is removed.
    TemporaryFile.SweepBeside folder |> ignore
    let aside = TemporaryFile.Beside(Path.TrimEndingDirectorySeparator folder)

    try
        for name, text in files do
            let path = Path.Combine(aside, name)
            FileInfo(path).Directory |> nonNull |> _.Create()
            File.WriteAllText(path, text)

        Directory.Delete folder
        Directory.Move(aside, folder)
    finally
        if Directory.Exists aside then
            Directory.Delete(aside, true)

    // As a shell takes it.
    let launcher = if launcher.Contains ' ' then $"\"{launcher}\"" else launcher

    let next =
        [
            $"{launcher} study study.toml probe", "the runs of the study, and how long they take"
            $"{launcher} study study.toml run", "runs what is missing"
            $"{launcher} study study.toml report", "tables and figures of what is there"
            "dotnet fsi analysis.fsx", "a comparison in a script, to begin an analysis of your own with"
        ]

    let width = next |> List.map (fst >> String.length) |> List.max
    printfn $"{folder} is ready. Next:\n  cd \"{folder}\""

    for command, meaning in next do
        printfn $"  {command.PadRight width}   # {meaning}"
