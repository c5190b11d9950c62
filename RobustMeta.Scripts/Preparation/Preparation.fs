/// Preparing a data set: the steps of its recipe, with the counts before and after every step as a frame; the result is kept in a
/// folder with a manifest, and is a data set of the catalog from then on.
module RobustMeta.Scripts.Preparation.Preparation

open System
open System.Globalization
open System.IO
open System.Security.Cryptography
open Deedle
open RobustMeta.Data
open RobustMeta.Data.Reading
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Scripts.Preparation.Recipe
open RobustMeta.Scripts.Preparation.Step

/// What is chosen for a preparation beside its recipe.
type Choice =
    {
        /// Fewest rows of a user and of an item; 0 keeps all.
        Core: int
        /// Negatives for each positive that are stored; 0 leaves them to the making of tasks.
        Negatives: float
        /// Exponent of the popularity by which negatives are drawn.
        Popularity: float
        Seed: int64
    }

let usual = { Core = 5; Negatives = 0.0; Popularity = 0.0; Seed = 0L }

/// Ratings from a frame with columns of users, items and ratings.
let ofFrame (name: string) (user: string) (item: string) (rating: string) (frame: Frame<'row, string>) : Ratings =
    let texts (column: string) = frame.GetColumn<obj>(column).Values |> Seq.map string
    let values = frame.GetColumn<float>(rating).Values
    Ratings.Of(name, Seq.zip3 (texts user) (texts item) values |> Seq.map (fun (u, i, v) -> struct (u, i, float32 v)))

/// All steps: those of the recipe, the k-core, and negatives.
let steps (source: ReaderSource) (recipe: Recipe) (choice: Choice) : Step list =
    let entry = source.Entry

    [
        yield! recipe.Steps source
        if choice.Core > 0 then
            Step.kCore choice.Core
        if choice.Negatives > 0.0 then
            Step.make "values as labels" "negatives have the value 0" (fun ratings ->
                ratings.As(entry.Feedback, entry.Counts))

            Step.negatives choice.Negatives choice.Popularity choice.Seed
    ]

let private counts (ratings: Ratings) =
    let distinct (indices: int seq) = indices |> Seq.distinct |> Seq.length
    ratings.Count, distinct ratings.UserIndex, distinct ratings.ItemIndex

let private features (ratings: Ratings) =
    let names (table: FeatureTable) = table.Columns |> Seq.map _.Name |> String.concat " "
    names ratings.UserFeatures + " | " + names ratings.ItemFeatures

/// Applies the steps in turn: the ratings, and a row for each step with rows, users and items in and out, features, and why.
let apply (steps: Step list) (ratings: Ratings) : Ratings * Frame<int, string> =
    let read = ratings.Report

    let why =
        if read.Unrated = 0L && read.Duplicates = 0L then
            "all rows of the files"
        else
            $"{read.Unrated} rows without a rating, {read.Duplicates} repeated pairs ({read.DuplicateRule})"

    let _, users, items = counts ratings
    let before = int (read.Rows + read.Unrated), users, items
    let first = "as read", why, before, counts ratings, features ratings

    let after =
        steps
        |> List.scan
            (fun (ratings: Ratings, (_, _, _, before, _)) step ->
                let next = step.Apply ratings
                next, (step.Name, step.Why, before, counts next, features next))
            (ratings, first)

    let rows = after |> List.map snd
    let column f = rows |> List.map f |> Series.ofValues

    let frame =
        frame
            [
                "step" => column (fun (name, _, _, _, _) -> box name)
                "why" => column (fun (_, why, _, _, _) -> box why)
                "rowsIn" => column (fun (_, _, (rows, _, _), _, _) -> box rows)
                "rowsOut" => column (fun (_, _, _, (rows, _, _), _) -> box rows)
                "usersIn" => column (fun (_, _, (_, users, _), _, _) -> box users)
                "usersOut" => column (fun (_, _, _, (_, users, _), _) -> box users)
                "itemsIn" => column (fun (_, _, (_, _, items), _, _) -> box items)
                "itemsOut" => column (fun (_, _, _, (_, _, items), _) -> box items)
                "features" => column (fun (_, _, _, _, features) -> box features)
            ]

    fst (List.last after), frame

let private quoted (text: string) = "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\""

let private list (texts: string seq) = "[" + (texts |> Seq.map quoted |> String.concat ", ") + "]"

/// What decides about the result: source, recipe, and the SHA-256 of the files' uncompressed contents.
let private origin (source: ReaderSource) (recipe: Recipe) (steps: Step list) =
    let version =
        typeof<Ratings>.Assembly.GetName().Version
        |> Option.ofObj
        |> Option.map (fun version -> version.ToString 3)
        |> Option.defaultValue ""

    let files =
        Seq.append source.Files recipe.Extra
        |> Seq.append source.Entry.Files.Keys
        |> Seq.filter (fun file -> not (isNull (source.Find file)))
        |> Seq.distinct
        |> Seq.sort

    [
        $"source = {quoted source.Name}"
        $"version = {quoted version}"
        "recipe = " + (steps |> List.map (fun step -> $"{step.Name}: {step.Why}") |> list)
        "[sources]"
        for file in files do
            $"{quoted file} = {quoted (source.Sum file)}"
    ]
    |> String.concat "\n"

let private sum (path: string) =
    use file = File.OpenRead path
    Convert.ToHexStringLower(SHA256.HashData file)

/// The table of the catalog, which makes the folder a data set.
let private table (name: string) (entry: CatalogEntry) (recipe: Recipe) (choice: Choice) =
    // Negatives are stored as ratings of 0: none are drawn again.
    let feedback = if choice.Negatives > 0.0 then FeedbackKind.Explicit else entry.Feedback
    let lower (text: string) = text.Substring(0, 1).ToLowerInvariant() + text.Substring 1

    [
        // A point in a key that is not quoted would begin a table within the table.
        (if name.Contains '.' then $"[{quoted name}]" else $"[{name}]")
        "format = \"prepared\""
        "title = " + quoted (entry.Title + ", prepared")
        $"feedback = {quoted (lower (string feedback))}"
        if feedback = FeedbackKind.Counts then
            $"counts = {quoted (string entry.Counts)}"
        if feedback <> FeedbackKind.Positives then
            "labelThreshold = " + entry.LabelThreshold.ToString CultureInfo.InvariantCulture
        $"userFeatures = {list recipe.UserFeatures}"
        $"itemFeatures = {list recipe.ItemFeatures}"
        ""
    ]
    |> String.concat "\n"

[<Literal>]
let private ManifestFile = "manifest.toml"

[<Literal>]
let private RatingsFile = "ratings.bin"

[<Literal>]
let private StepsFile = "steps.csv"

/// All that a preparation leaves in its folder.
let private ours =
    [
        RatingsFile
        StepsFile
        DatasetCatalog.PreparedFileName
        ManifestFile
        ParquetRatings.RatingsFile
        ParquetRatings.UsersFile
        ParquetRatings.ItemsFile
    ]

/// Requires that a folder is empty, or holds an earlier preparation and nothing else: no file of the user's is written over, and
/// none becomes part of a data set.
let private requireOwn (folder: string) =
    if Directory.Exists folder then
        let names = DirectoryInfo(folder).GetFileSystemInfos() |> Array.map _.Name |> Array.sort
        let isUnfinished (name: string) = name.EndsWith(TemporaryFile.Extension, StringComparison.Ordinal)

        let isOurs (name: string) =
            List.contains name ours
            || isUnfinished name
               && ours |> List.exists (fun file -> name.StartsWith(file + ".", StringComparison.Ordinal))

        let isPreparation =
            names |> Array.exists (fun name -> name = RatingsFile || name = ManifestFile || isUnfinished name)

        let others =
            if isPreparation || names.Length = 0 then
                Array.filter (isOurs >> not) names
            else
                names

        if others.Length > 0 then
            let shown = others |> Array.truncate 3 |> String.concat ", "
            let more = if others.Length > 3 then $" and {others.Length - 3} more" else ""

            raise (
                SettingException
                    $"out is '{folder}', which holds other files ({shown}{more}); name a new folder, an empty one, or one that 'prepare' made."
            )

        TemporaryFile.Sweep folder |> ignore

/// The end of the manifest: the sums of the other files.
let private sums (folder: string) =
    [ "sha256", RatingsFile; "steps", StepsFile; "table", DatasetCatalog.PreparedFileName ]
    |> List.map (fun (key, file) -> $"{key} = {quoted (sum (Path.Combine(folder, file)))}\n")
    |> String.concat ""

/// Whether a folder holds the result of the same files, recipe, catalog entry and version, whole.
let private isCurrent (folder: string) (origin: string) (table: string) =
    let at name = Path.Combine(folder, name)

    [ ManifestFile; RatingsFile; StepsFile; DatasetCatalog.PreparedFileName ] |> List.forall (at >> File.Exists)
    && File.ReadAllText(at DatasetCatalog.PreparedFileName) = table
    && (let text = File.ReadAllText(at ManifestFile)

        text.StartsWith(origin + "\n", StringComparison.Ordinal)
        && text.EndsWith(sums folder, StringComparison.Ordinal))

let private save folder (origin: string) (table: string) (ratings: Ratings) (steps: Frame<int, string>) =
    Directory.CreateDirectory folder |> ignore
    PreparedFile.Write(ratings, Path.Combine(folder, RatingsFile))
    use text = new StringWriter(NewLine = "\n")
    steps.SaveCsv(text, includeRowKeys = false)
    CsvText.Write(Path.Combine(folder, StepsFile), text.ToString().ReplaceLineEndings "\n")
    CsvText.Write(Path.Combine(folder, DatasetCatalog.PreparedFileName), table)
    let rows, users, items = counts ratings

    let result = $"[result]\nrows = {rows}\nusers = {users}\nitems = {items}\n"

    // Last: it says that the others are whole.
    CsvText.Write(Path.Combine(folder, ManifestFile), origin + "\n" + result + sums folder)

/// The ratings that were prepared into a folder.
let read (folder: string) : Ratings = PreparedFile.Read(DirectoryInfo(folder).Name, Path.Combine(folder, RatingsFile))

/// Prepares a data set into a folder, unless the folder holds the same already; the counts of the steps, or nothing.
let prepare (source: ReaderSource) (recipe: Recipe) (choice: Choice) (folder: string) : Frame<int, string> option =
    let name = DirectoryInfo(folder).Name
    DatasetCatalog.RequireName(name, $"out is '{folder}': the name of the folder becomes that of a data set, which")
    requireOwn folder
    let steps = steps source recipe choice
    let origin = origin source recipe steps

    let table = table name source.Entry recipe choice

    if isCurrent folder origin table then
        None
    else
        let ratings, counts = apply steps (source.Read())

        if ratings.Count = 0 then
            let rows = counts.GetColumn<int> "rowsOut"
            let step = (counts.GetColumn<string> "step")[rows.Keys |> Seq.find (fun key -> rows[key] = 0)]

            raise (SettingException $"'{source.Name}' has no row left after the step '{step}': choose a smaller core.")

        save folder origin table ratings counts
        Some counts
