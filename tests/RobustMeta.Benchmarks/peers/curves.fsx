// What searches found after how much of their budget, ours beside Optuna's: one row of numbers a trial in, tables and curves out.
// quick: loaded
#load "../../../RobustMeta.Scripts/load.fsx"

open System
open System.Globalization
open RobustMeta.Evaluation
open RobustMeta.Scripts

/// The seeds of the repetitions: `20` for 1 to 20, `21-40` for others.
let seedsOf (text: string) =
    let number (word: string) = Int32.Parse(word, CultureInfo.InvariantCulture)

    match text.Split '-' with
    | [| last |] -> [ 1 .. number last ]
    | [| first; last |] -> [ number first .. number last ]
    | _ -> failwith $"seeds are '{text}'; expected a number, or e.g. 21-40"

/// What one trial came to.
type Told =
    {
        /// What was searched: a function, a model.
        Task: string
        /// `ours` or `Optuna`.
        By: string
        Tuner: string
        Seed: int
        /// Epochs spent by then, in this search.
        Spent: int
        /// Epochs of the trial.
        Epochs: int
        /// What the search saw: the lower, the better.
        Loss: float
        /// What is reported of the point.
        Value: float
    }

/// What is reported of the best trial within a budget: of those with the most epochs, the one that the search saw as best.
let reached budget (search: Told list) =
    let within = search |> List.filter (fun told -> told.Spent <= budget)

    match within with
    | [] -> nan
    | _ ->
        let top = within |> List.map _.Epochs |> List.max
        (within |> List.filter (fun told -> told.Epochs = top) |> List.minBy _.Loss).Value

/// Mean over the repetitions with its 95 % Student interval.
let interval budget (searches: Told list) =
    let values =
        [ for _, own in searches |> List.groupBy _.Seed -> reached budget own ] |> List.filter Double.IsFinite

    if values.Length < 2 then
        Interval(nan, nan, nan, values.Length)
    else
        Significance.StudentInterval values

/// Of two independent means.
let difference (a: Interval) (b: Interval) =
    let mean = a.Mean - b.Mean
    let half = sqrt ((a.High - a.Mean) ** 2.0 + (b.High - b.Mean) ** 2.0)
    Interval(mean, mean - half, mean + half, min a.Count b.Count)

let private ofPair by tuner (told: Told list) = told |> List.filter (fun t -> t.By = by && t.Tuner = tuner)

let private tuners = [ "random"; "tpe"; "asha" ]
let private title (tuner: string) = if tuner = "random" then tuner else tuner.ToUpperInvariant()

/// A row for each task and budget; `whole`: epochs of one training.
let table digits whole budgets (told: Told list) : Table =
    let rows =
        [
            for task, own in told |> List.groupBy _.Task do
                for budget in budgets ->
                    task,
                    [
                        Cell.count (budget / whole)
                        for tuner in tuners do
                            let ours, theirs =
                                interval budget (ofPair "ours" tuner own), interval budget (ofPair "Optuna" tuner own)

                            Cell.estimate ours
                            Cell.estimate theirs
                            Cell.estimate (difference ours theirs)
                    ]
        ]

    Table.make
        "search"
        "Best of a search after a number of whole trainings"
        [
            Column.whole "trainings"
            for tuner in tuners do
                Column.plusMinus digits "ours" |> Column.under (title tuner)
                Column.plusMinus digits "Optuna" |> Column.under (title tuner)
                Column.range digits "ours − Optuna" |> Column.under (title tuner)
        ]
        (List.map snd rows)
    |> Table.inBlocks (fun i -> fst rows[i])
    |> Table.withUncertainty "95 % Student interval" "repetitions"

/// A panel for each of some tasks: ours solid, Optuna's dashed.
let figure name (yTitle: string) whole budgets (told: Told list) : Figure =
    let lines own =
        [
            for i, tuner in List.indexed tuners do
                for by, stroke, label in [ "ours", "solid", title tuner; "Optuna", "dash", "" ] ->
                    i,
                    label,
                    stroke,
                    [
                        for budget in budgets do
                            let result = interval budget (ofPair by tuner own)

                            if Double.IsFinite result.Mean then
                                let point: LinePoint = { Line = by; X = float budget / float whole; Result = result }

                                point
                    ]
        ]

    let tasks = told |> List.groupBy _.Task

    let panels =
        [
            for i, (task, own) in List.indexed tasks ->
                let make = if i = tasks.Length - 1 then LinePanel.ofGroups else LinePanel.ofGroupsUnnamed

                make (Axis.linear "trainings") (Axis.linear $"{task}: {yTitle}") (lines own)
        ]

    {
        Name = name
        Title = "Searches"
        Caption = "Best of a search against its budget, mean with 95 % Student interval: ours solid, Optuna's dashed."
        Width = TwoColumns
        Height = 2.6
        Drawing = Plot(Panels.chart TwoColumns 2.6 panels)
        Data = table 4 whole budgets told
    }

/// Prints the table; where a folder is given, draws the figures there.
let report (folder: string option) (table: Table) (figures: Figure list) =
    printfn "%s" (MarkdownTable.text table)

    match folder with
    | None -> ()
    | Some folder -> FigureExport.saveWith (Chromium.find ()) folder figures |> ignore
