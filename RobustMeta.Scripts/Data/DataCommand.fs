/// `data`: which data sets there are, what one of them holds, and what a file of one's own looks like to the readers.
module RobustMeta.Scripts.Data.DataCommand

open System
open System.Globalization
open System.IO
open RobustMeta.Data
open RobustMeta.Runtime
open RobustMeta.Scripts
open RobustMeta.Settings

let private text (digits: int) (x: float) =
    if Double.IsNaN x then
        "–"
    elif x = Math.Floor x && abs x < 1e15 then
        x.ToString("N0", CultureInfo.InvariantCulture)
    else
        x.ToString("N" + string digits, CultureInfo.InvariantCulture)

let private date (seconds: int64) =
    DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)

/// A line for each data set: where it is, or what is missing.
let list (catalog: DatasetCatalog) : Table =
    Table.ofText
        [ "data set"; "state"; "feedback"; "title" ]
        [
            for name in catalog.Names ->
                match catalog.Find name with
                | null -> [ name; "generated"; "Explicit"; "synthetic world" ]
                | entry ->
                    let state =
                        match catalog.TryLocate name with
                        | null ->
                            let lacking = String.Join(", ", catalog.Lacking name)
                            let way = if isNull entry.Url then "by hand" else "downloaded when first used"
                            $"missing {lacking} ({way})"
                        | _ -> "here"

                    [ name; state; string entry.Feedback; entry.Title ]
        ]

/// The statistics of a data set (table T1), a row a figure.
let statistics (dataset: Dataset) : Table =
    let s = DatasetStatistics.Of(dataset.Ratings, dataset.LabelThreshold)

    let spread name (x: Spread) =
        [
            [ $"{name}, least"; text 2 x.Min ]
            [ $"{name}, median"; text 2 x.Median ]
            [ $"{name}, mean"; text 2 x.Mean ]
            [ $"{name}, most"; text 2 x.Max ]
            [ $"{name}, Gini"; text 3 x.Gini ]
        ]

    Table.ofText
        [ "figure"; dataset.Ratings.Name ]
        [
            [ "users"; text 0 (float s.Users) ]
            [ "items"; text 0 (float s.Items) ]
            [ "items without a row"; text 0 (float (s.ItemsInAll - s.Items)) ]
            [ "interactions"; text 0 (float s.Interactions) ]
            [ "density"; s.Density.ToString("P3", CultureInfo.InvariantCulture) ]
            [ "feedback"; string dataset.Feedback ]
            [ "relevant from"; text 3 dataset.LabelThreshold ]
            [ "relevant rows"; s.Relevant.ToString("P1", CultureInfo.InvariantCulture) ]
            [ "values, different"; text 0 (float s.DistinctValues) ]
            [ "values, least"; text 2 s.Values.Min ]
            [ "values, mean"; text 2 s.Values.Mean ]
            [ "values, most"; text 2 s.Values.Max ]
            yield! spread "rows of a user" s.Activity
            yield! spread "rows of an item" s.Popularity
            [
                "time span"
                if s.Times.HasValue then
                    let struct (first, last) = s.Times.Value
                    $"{date first} to {date last}"
                else
                    "unknown"
            ]
        ]

/// Writes the table of a data set as CSV, Markdown and LaTeX; gives the files.
let save (folder: string) (name: string) (table: Table) =
    Directory.CreateDirectory folder |> ignore

    let described =
        { table with
            Label = $"data-{name}"
            Caption = $"The data set {name} in numbers."
            Columns = [ for column in table.Columns -> Column.words column.Name ]
        }

    [ "csv", CsvTable.text described; "md", MarkdownTable.text described; "tex", LatexTable.text described ]
    |> List.map (fun (ending, content) ->
        let path = Path.Combine(folder, $"data-{name}.{ending}")
        CsvText.Write(path, content)
        path)

let private show (folder: string) (name: string) =
    let dataset = DatasetCatalog.Default.Load(name, Progress.download ())
    let table = statistics dataset
    printf "%s" (MarkdownTable.grid table)

    for note in dataset.Notes do
        printfn "note: %s" note

    for path in save folder name table do
        printfn "written: %s" path

    let exported = FigureExport.save folder (DataFigures.all dataset)

    for file in exported.Files do
        printfn "written: %s" (Path.Combine(folder, file))

    exported.Missing |> Option.iter (printfn "note: %s")

/// What a file looks like; false when it could not be read.
let check (path: string) =
    let check = FileCheck.Of path
    printfn "%s" path

    for struct (what, value) in check.Detected do
        printfn "  %-10s %s" what value

    if check.FirstRows.Count > 0 then
        printfn "first rows as read"

        for row in check.FirstRows do
            printfn "  %s" row

    match check.Ratings, check.Problem with
    | null, problem ->
        printfn "cannot be read: %s" problem
        false
    | ratings, _ ->
        let count (n: int) = n.ToString("N0", CultureInfo.InvariantCulture)

        printfn
            "%s users, %s items, %s ratings"
            (count ratings.Users.Count)
            (count ratings.Items.Count)
            (count ratings.Count)

        for note in ratings.Report.Notes ratings do
            printfn "note: %s" note

        printfn
            "for catalog.toml in the folder that %s names, the file in its folder %s:"
            DatasetCatalog.FolderVariable
            ratings.Name

        printf "\n%s\n" check.CatalogTable
        true

/// `data`, `data NAME [out FOLDER]`, `data check FILE…`; the exit code.
let run (words: string list) =
    match words with
    | [] ->
        let catalog = DatasetCatalog.Default
        printf "%s" (MarkdownTable.grid (list catalog))

        for KeyValue(name, problem) in catalog.Problems do
            printfn "cannot be read: %s: %s" name problem

        0
    | [ "check" ] -> raise (SettingException "data check needs a file: data check FILE…")
    | "check" :: files -> if files |> List.map check |> List.forall id then 0 else 2
    | [ name ] ->
        show "results" name
        0
    | [ name; "out"; folder ] ->
        show folder name
        0
    | _ -> raise (SettingException "the forms are: data · data NAME [out FOLDER] · data check FILE…")
