/// The tables of the paper's analysis, T1 to T5, over plain records.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.PaperTables

open RobustMeta.Evaluation

/// T1: one data set in numbers.
type DatasetRow = { Dataset: string; Users: int; Items: int; Ratings: int; Domain: string }

/// T2: one tuned setting of one method on one data set.
type SettingRow = { Dataset: string; Method: string; Setting: string; Range: string; Chosen: string }

/// T3 and T4: a method's result by one metric on one test set.
type ResultRow =
    {
        /// The block of rows: data set and base model.
        Block: string
        Method: string
        TestSet: string
        Metric: string
        Result: Interval
        /// p-value against the base model, corrected; NaN for the base model itself.
        P: float
        /// Mean gain over the base model, positive where better; NaN for the base model itself.
        Gain: float
    }

/// T5: what a method costs.
type CostRow = { Block: string; Method: string; SecondsAnEpoch: float; Seconds: float; PeakMegabytes: float }

/// T1: data sets.
let datasets (rows: DatasetRow list) : Table =
    Table.make
        "datasets"
        "Data sets"
        [
            Column.words "data set"
            Column.whole "users"
            Column.whole "items"
            Column.whole "interactions"
            Column.fixedDigits 2 "sparsity, %"
            Column.words "domain"
        ]
        [
            for r in rows ->
                let cells = float r.Users * float r.Items

                [
                    Cell.text r.Dataset
                    Cell.count r.Users
                    Cell.count r.Items
                    Cell.count r.Ratings
                    Cell.number (100.0 * (1.0 - float r.Ratings / cells))
                    Cell.text r.Domain
                ]
        ]
    |> Table.withNotes [ "Sparsity: the fraction of user-item pairs without an interaction." ]

/// T2: settings, the values that were tried and the chosen one.
let settings (rows: SettingRow list) : Table =
    Table.make
        "settings"
        "Settings: values tried and chosen"
        [ Column.words "method"; Column.words "setting"; Column.words "tried"; Column.words "chosen" ]
        [ for r in rows -> [ Cell.text r.Method; Cell.text r.Setting; Cell.text r.Range; Cell.text r.Chosen ] ]
    |> Table.inBlocks (fun i -> rows[i].Dataset)

let private distinct (select: ResultRow -> string) (rows: ResultRow list) = rows |> List.map select |> List.distinct

let private cellOf (found: ResultRow option) =
    match found with
    | Some r -> Cell.estimate r.Result |> Cell.markedBy r.Gain r.P
    | None -> Cell.missing

/// A row per method in blocks, a column per test set grouped by metric, best bold, ▲ and ▼ against the base model.
let private results
    (label: string)
    (caption: string)
    (uncertainty: Uncertainty)
    (marks: string)
    (rows: ResultRow list)
    =
    let columns =
        [
            for metric in distinct _.Metric rows do
                for set in distinct _.TestSet rows -> metric, set
        ]

    let lines = rows |> List.map (fun r -> r.Block, r.Method) |> List.distinct
    let found = dict [ for r in rows -> (r.Block, r.Method, r.Metric, r.TestSet), r ]

    let find block name (metric, set) =
        match found.TryGetValue((block, name, metric, set)) with
        | true, row -> Some row
        | _ -> None

    let best metric = if Metric.Parse(metric).HigherIsBetter then Column.highest else Column.lowest

    Table.make
        label
        caption
        (Column.words "method"
         :: [ for metric, set in columns -> Column.plusMinus 4 set |> Column.under metric |> best metric ])
        [ for block, name in lines -> Cell.text name :: [ for column in columns -> cellOf (find block name column) ] ]
    |> Table.inBlocks (fun i -> fst lines[i])
    |> Table.withUncertainty uncertainty.Meaning uncertainty.Over
    |> Table.withMarks marks

/// T3: every base model and its robust form on every data set. `marks` says by which test, corrected how.
let overall (uncertainty: Uncertainty) (marks: string) (rows: ResultRow list) : Table =
    results "overall" "Base models and their robust forms" uncertainty marks rows

/// T4: what each level adds.
let ablation (uncertainty: Uncertainty) (marks: string) (rows: ResultRow list) : Table =
    results "ablation" "Ablation: neither level, each alone, both" uncertainty marks rows

/// T5: time and memory.
let cost (rows: CostRow list) : Table =
    Table.make
        "cost"
        "Time and memory"
        [
            Column.words "method"
            Column.fixedDigits 2 "s an epoch" |> Column.lowest
            Column.fixedDigits 1 "s in all" |> Column.lowest
            Column.fixedDigits 0 "peak MB" |> Column.lowest
        ]
        [
            for r in rows ->
                [ Cell.text r.Method; Cell.number r.SecondsAnEpoch; Cell.number r.Seconds; Cell.number r.PeakMegabytes ]
        ]
    |> Table.inBlocks (fun i -> rows[i].Block)
