/// `data`: which data sets there are, what one of them holds, and what a file of one's own looks like to the readers.
module RobustMeta.Scripts.Data.DataCommand

open System
open System.Globalization
open System.IO
open System.Threading
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Scripts
open RobustMeta.Settings

let private text (digits: int) (x: float) =
    if Double.IsNaN x then
        CellText.Nothing
    elif x = Math.Floor x && abs x < 1e15 then
        x.ToString("N0", CultureInfo.InvariantCulture)
    else
        x.ToString("N" + string digits, CultureInfo.InvariantCulture)

let private date (seconds: int64) =
    DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)

/// What the rows of a data set are, in a word.
let private feedback (kind: FeedbackKind) =
    match kind with
    | FeedbackKind.Explicit -> "ratings"
    | FeedbackKind.Counts -> "counts"
    | _ -> "positives"

/// A line for each data set: where it is, or what is missing.
let list (catalog: DatasetCatalog) : Table =
    let cells name state feedback title = [ for text in [ name; state; feedback; title ] -> Cell.text text ]

    Table.make
        "data"
        ""
        (List.map Column.words [ "data set"; "state"; "feedback"; "title" ])
        [
            for name in catalog.Names do
                match catalog.Find name with
                | null -> cells name "generated" "ratings" "synthetic world"
                | entry ->
                    let state =
                        match catalog.TryLocate name with
                        | null when isNull entry.Url -> "by hand"
                        | null -> "download"
                        | _ -> "here"

                    cells name state (feedback entry.Feedback) entry.Title
        ]

/// The figures of one data set, each with its name.
let private figures (dataset: Dataset, official: OfficialCounts) : (string * string) list =
    let s = DatasetStatistics.Of(dataset.Ratings, dataset.LabelThreshold)

    let stated (count: Nullable<int64>) = if count.HasValue then text 0 (float count.Value) else CellText.Nothing

    let spread name (x: Spread) =
        [
            $"{name}, least", text 2 x.Min
            $"{name}, median", text 2 x.Median
            $"{name}, mean", text 2 x.Mean
            $"{name}, most", text 2 x.Max
            $"{name}, Gini", text 3 x.Gini
        ]

    [
        "users", text 0 (float s.Users)
        "users, official", stated official.Users
        "items", text 0 (float s.Items)
        "items, official", stated official.Items
        "items without an interaction", text 0 (float (s.ItemsInAll - s.Items))
        "interactions", text 0 (float s.Interactions)
        "interactions, official", stated official.Rows
        "density", s.Density.ToString("P3", CultureInfo.InvariantCulture)
        "feedback", feedback dataset.Feedback
        "relevant from", text 3 dataset.LabelThreshold
        "relevant interactions", s.Relevant.ToString("P1", CultureInfo.InvariantCulture)
        "values, different", text 0 (float s.DistinctValues)
        "values, least", text 2 s.Values.Min
        "values, mean", text 2 s.Values.Mean
        "values, most", text 2 s.Values.Max
        yield! spread "interactions of a user" s.Activity
        yield! spread "interactions of an item" s.Popularity
        "time span",
        if s.Times.HasValue then
            let struct (first, last) = s.Times.Value
            $"{date first} to {date last}"
        else
            "unknown"
    ]

/// The statistics of data sets (table T1), a row a statistic and a column a data set; without those that none of them has.
let statistics (datasets: (Dataset * OfficialCounts) list) : Table =
    let columns = datasets |> List.map figures

    Table.ofText
        ("statistic" :: (datasets |> List.map (fun (dataset, _) -> dataset.Ratings.Name)))
        [
            for row, (name, _) in List.indexed columns.Head do
                let cells = columns |> List.map (fun column -> snd column[row])

                if cells |> List.exists ((<>) CellText.Nothing) then
                    name :: cells
        ]

/// Writes the table of data sets as CSV, Markdown and LaTeX; gives the files.
let save (folder: string) (name: string) (notes: string list) (table: Table) =
    Directory.CreateDirectory folder |> ignore

    let described =
        { table with
            Label = $"data-{name}"
            Caption = "Data sets in numbers."
            Columns = [ for column in table.Columns -> Column.words column.Name ]
            Notes = notes
        }

    [ "csv", CsvTable.text described; "md", MarkdownTable.text described; "tex", LatexTable.text described ]
    |> List.map (fun (ending, content) ->
        let path = Path.Combine(folder, $"data-{name}.{ending}")
        CsvText.Write(path, content)
        path)

let private count (n: int) = n.ToString("N0", CultureInfo.InvariantCulture)

let private counted n one many = $"{count n} {if n = 1 then one else many}"

/// How many users the default settings can use, and what to set where that is too few.
let private tellUsers (users: QualifyingUsers) =

    printfn
        "with the default settings %s of %s users have enough ratings to be trained on (%d), %s to be measured (%d)"
        (count users.Trained)
        (count users.Users)
        users.NeededToTrain
        (count users.Measured)
        users.NeededToMeasure

    if users.Settings <> "" then
        printfn "for users with %d ratings, which is the median, set: %s" users.Usual users.Settings
    elif 2 * users.Measured < users.Users then
        printfn "the median user has %d: too few ratings for a support and a query" users.Usual

/// A data set with what the official release holds; how the copy differs is said of the copy whose sums the catalog has.
let private load (cancellation: CancellationToken) (name: string) : Dataset * OfficialCounts =
    let dataset = DatasetCatalog.Default.Load(name, Progress.download (), cancellation)

    match DatasetCatalog.Default.Find name with
    | null -> dataset, OfficialCounts()
    | entry when dataset.Differing.Count = 0 -> dataset, entry.Official
    | entry ->
        let known = entry.Official
        dataset, OfficialCounts(Users = known.Users, Items = known.Items, Rows = known.Rows)

let private show (cancellation: CancellationToken) (folder: string) (names: string list) =
    for name, times in List.countBy id names do
        if times > 1 then
            raise (SettingException $"{name} is named twice; name each data set once")

    OutFolder.Require folder
    // A wrong name of the browser is told before anything is read.
    let browser = Chromium.find ()
    let datasets = names |> List.map (load cancellation)
    let table = statistics datasets
    let stem = if names.Length = 1 then names.Head else "sets"
    ConsoleTable.print table

    let differences =
        [
            for dataset, official in datasets do
                if official.Difference <> "" then
                    $"{dataset.Ratings.Name} and the official release: {official.Difference}"
        ]

    for dataset, _ in datasets do
        for note in dataset.Notes do
            printfn "note: %s: %s" dataset.Ratings.Name note

    for difference in differences do
        printfn "note: %s" difference

    for dataset, _ in datasets do
        tellUsers (QualifyingUsers.Of(dataset.Ratings, dataset.Feedback))

    for path in save folder stem differences table do
        printfn "written: %s" path

    let exported =
        FigureExport.saveWith browser folder (datasets |> List.collect (fun (dataset, _) -> DataFigures.all dataset))

    for file in exported.Files do
        printfn "written: %s" (Path.Combine(folder, file))

    exported.Missing |> Option.iter (printfn "note: %s")

// The folder that `new` makes and the clone have a catalog of their own.
let private ownCatalog = Path.Combine("data", "catalog.toml")

// Where the file and its table go.
let private tellPlace (name: string) =
    match Environment.GetEnvironmentVariable DatasetCatalog.FolderVariable |> Option.ofObj with
    | Some folder when folder <> "" ->
        let catalog = Path.Combine(folder, "catalog.toml")
        printfn "to use it, put the file into %s/ and the table below into %s." (Path.Combine(folder, name)) catalog
    | _ when File.Exists ownCatalog ->
        printfn "to use it, put the file into data/%s/ and the table below into data/catalog.toml." name
    | _ ->
        printfn
            "to use it, choose a folder DATA for your data sets: the file goes to DATA/%s/, the table below into DATA/catalog.toml,"
            name

        printfn "and %s is set to DATA." DatasetCatalog.FolderVariable

/// What a file looks like; false when it could not be read.
let private checkFile (path: string) =
    let check = FileCheck.Of path
    printfn "%s" path

    for struct (what, value) in check.Detected do
        printfn "  %-10s %s" what value

    if check.FirstRows.Count > 0 then
        printfn "first rows as read"

        for row in check.FirstRows do
            printfn "  %s" row

    match check.Ratings, check.Problem with
    | null, _ when check.FeatureLines <> "" ->
        printfn "a file of items or users: add these lines to [NAME.columns] of the ratings it belongs to,"
        printfn "and list in userFeatures or itemFeatures of [NAME] what models shall see:"
        printf "\n%s\n" check.FeatureLines
        true
    | null, problem ->
        printfn "cannot be read: %s" problem

        if check.Draft <> "" then
            printfn "name the columns in this table, in data/catalog.toml or the catalog.toml of your data:"
            printf "\n%s\n" check.Draft

        false
    | ratings, problem ->
        if not (isNull problem) then
            printfn "cannot be read: %s" problem
            printfn "with the line 'missing' of the table below, which leaves out such rows:"

        printfn
            "%s, %s, %s"
            (counted ratings.Users.Count "user" "users")
            (counted ratings.Items.Count "item" "items")
            (counted ratings.Count "rating" "ratings")

        for note in ratings.Report.Notes ratings do
            printfn "note: %s" note

        let users =
            QualifyingUsers.Of(
                ratings,
                (if Seq.forall ((=) ratings.Values[0]) ratings.Values then
                     FeedbackKind.Positives
                 else
                     FeedbackKind.Explicit)
            )

        tellUsers users
        tellPlace ratings.Name
        printfn "then: %s" ($"./robustmeta run MeLU dataset {ratings.Name} {users.Settings}".TrimEnd())
        printf "\n%s\n" check.CatalogTable
        isNull problem

/// The same of a word that may also be the name of a data set in the place of a file.
let check (path: string) =
    if File.Exists path || not (Seq.contains path DatasetCatalog.Default.Names) then
        checkFile path
    else
        let files =
            match DatasetCatalog.Default.TryLocate path with
            | null -> ""
            | folder -> $", such as one in {folder}"

        printfn
            "%s\ncannot be read: this is the name of a data set, which 'data %s' tells of; expected the path of a file%s"
            path
            path
            files

        false

/// `data`, `data NAME… [out FOLDER]`, `data check FILE…`; the exit code. A download ends when it is cancelled.
let runUntil (cancellation: CancellationToken) (words: string list) =
    match words with
    | [] ->
        let catalog = DatasetCatalog.Default
        ConsoleTable.print (list catalog)

        printfn
            "download: fetched when first used; by hand: 'doctor' tells where from. %s names the folder of the data."
            DatasetCatalog.FolderVariable

        for KeyValue(_, problem) in catalog.Problems do
            printfn "cannot be read: %s" problem

        0
    | [ "check" ] -> raise (SettingException "data check needs a file: data check FILE…")
    | "check" :: files ->
        files |> List.iter (fun file -> FilledWord.Require(file, "a file to check"))
        if files |> List.map check |> List.forall id then 0 else 2
    | names when List.contains "out" names |> not ->
        show cancellation "results" names
        0
    | names when names.Length > 2 && List.item (names.Length - 2) names = "out" ->
        show cancellation (List.last names) (List.truncate (names.Length - 2) names)
        0
    | _ -> raise (SettingException "the forms are: data · data NAME… [out FOLDER] · data check FILE…")

/// The same, without an end to downloads.
let run (words: string list) = runUntil CancellationToken.None words
