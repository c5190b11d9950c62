/// Small data sets of one's own, made in memory: what the faults that users met are shown on.
module RobustMeta.Faults.Known.Mini

open System
open System.IO
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Tests.TempFolder

/// A rating as texts of the file.
type Row = { User: int; Item: int; Rating: string; Time: int }

/// 60 users of 60 items, 40 ratings each; ratings by a rule of user and item.
let rows (rating: Random -> int -> int -> string) : Row list =
    let random = Random 5

    [
        for user in 0..59 do
            let items = [| 0..59 |]
            random.Shuffle items

            for item in items[..39] do
                let time = 1_000_000_000 + random.Next 10_000_000
                { User = user; Item = item; Rating = rating random user item; Time = time }
    ]

/// Whole stars, items of larger numbers being liked better.
let stars (random: Random) (_: int) (item: int) = string (Math.Clamp(1 + item / 15 + random.Next 3, 1, 5))

/// The file's text.
let text (rows: Row list) =
    "user,item,rating,time\n" + String.concat "" [ for r in rows -> $"u{r.User},i{r.Item},{r.Rating},{r.Time}\n" ]

/// A table of the catalog; more columns and the threshold of relevance.
let table (threshold: string) (more: string) =
    $"[mini]\nformat = \"delimited\"\nlabelThreshold = {threshold}\n[mini.columns]\nratings = \"r.csv\"\nuser = \"user\"\nitem = \"item\"\nrating = \"rating\"\ntime = \"time\"\n{more}"

/// Writes a catalog and files into a folder and reads the data set.
let load (root: string) (catalog: string) (files: (string * string) list) : Dataset =
    write catalog (Path.Combine(root, "catalog.toml"))

    for name, content in files do
        write content (Path.Combine(root, "mini", name))

    DatasetCatalog([ root ], null).Load "mini"

/// The data set of some ratings.
let dataset (root: string) (rows: Row list) = load root (table "4" "") [ "r.csv", text rows ]

/// A spec on it whose test sets are one, unshifted, and as large as they can be.
let spec (method: string) (settings: (string * string) list) =
    let usual =
        [
            "dataset", "mini"
            "shiftDraws", "1"
            "betas", "0"
            "testFraction", "0.3"
            "testPoolFraction", "1"
            "testQueryLength", "15"
            "baselines", "none"
        ]
        |> List.filter (fun (key, _) -> not (List.exists (fst >> (=) key) settings))

    ExperimentSpec.Of(method, [| for key, value in usual @ settings -> struct (key, value) |])

/// Prepares, fits and measures; gives the data side and a row per user and metric.
let run (dataset: Dataset) (spec: ExperimentSpec) : PreparedExperiment * UserResult list =
    let prepared = PreparedExperiment.Of(spec, dataset)
    prepared, List.ofSeq (ExperimentRunner.Run(prepared, spec).Users)

/// Mean over users of a metric.
let mean (metric: string) (rows: UserResult list) =
    rows |> List.filter (fun row -> row.Metric = metric) |> List.averageBy _.Value

/// Users that a metric is measured on.
let users (metric: string) (rows: UserResult list) =
    rows |> List.filter (fun row -> row.Metric = metric) |> List.map _.User |> List.sort
