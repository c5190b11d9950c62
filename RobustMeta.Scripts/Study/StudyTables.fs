/// Tables of a study: of its results, its tuning, its cost and its progress.
module RobustMeta.Scripts.StudyTables

open System
open System.Collections.Generic
open RobustMeta.Evaluation
open RobustMeta.Studies

let private signed (x: float) = (if x >= 0.0 then "+" else "−") + Tables.number 4 (abs x)

/// Means over seeds: a row per method and baseline, a column per measure.
let levels (cell: CellResult) : Tables.Table =
    let row name =
        let values = [ for measure in cell.Measures -> cell.PerSeed(name, measure) ]
        let seeds = values |> List.map Array.length |> List.max

        name :: string seeds :: [ for v in values -> if v.Length = 0 then "–" else Tables.number 4 (Array.average v) ]

    {
        Header = cell.Cell.Title :: "seeds" :: [ for m in cell.Measures -> m.Name ]
        Rows = [ for name in Seq.append cell.Methods cell.Baselines -> row name ]
    }

let private verdict (d: MethodDifference) =
    if not d.IsSignificant then ""
    elif d.OverSeeds.Mean > 0.0 then "better"
    else "worse"

/// Gains at a glance: a row per method, a column per measure, ▲ and ▼ where the difference is significant.
let gains (cell: CellResult) (differences: IReadOnlyList<MethodDifference>) : Tables.Table =
    let text name (measure: StudyMeasure) =
        match differences |> Seq.tryFind (fun d -> d.Method = name && d.Measure.Name = measure.Name) with
        | Some d ->
            let mark =
                match verdict d with
                | "better" -> " ▲"
                | "worse" -> " ▼"
                | _ -> ""

            signed d.OverSeeds.Mean + mark
        | None -> "–"

    {
        Header = $"gain over {cell.Plain}" :: [ for m in cell.Measures -> m.Name ]
        Rows =
            [
                for name in differences |> Seq.map _.Method |> Seq.distinct ->
                    name :: [ for m in cell.Measures -> text name m ]
            ]
    }

/// Differences with their intervals: a row per method and measure.
let differences (cell: CellResult) (differences: IReadOnlyList<MethodDifference>) : Tables.Table =
    let range (i: Interval) = if Double.IsNaN i.Low then "–" else $"[{signed i.Low}, {signed i.High}]"

    {
        Header = [ $"− {cell.Plain}"; "measure"; "gain"; "seeds 95 %"; "users 95 %"; "p"; "" ]
        Rows =
            [
                for d in differences ->
                    [
                        d.Method
                        d.Measure.Name
                        signed d.OverSeeds.Mean
                        range d.OverSeeds
                        range d.OverUsers
                        Tables.pValue d.Corrected
                        verdict d
                    ]
            ]
    }

/// Average ranks over the given cells of the methods that all of them have; a column per measure.
let ranks (title: string) (cells: CellResult list) : Tables.Table =
    let complete (cell: CellResult) =
        set
            [
                for name in cell.Methods do
                    if cell.Seeds |> Seq.forall (fun s -> s.Methods.ContainsKey name) then
                        name
            ]

    let shared = cells |> List.map complete |> Set.intersectMany
    let names = cells.Head.Methods |> Seq.filter shared.Contains |> List.ofSeq
    let common = cells |> List.map (fun cell -> set [ for m in cell.Measures -> m.Name ]) |> Set.intersectMany
    let measures = cells.Head.Measures |> Seq.filter (fun m -> common.Contains m.Name) |> List.ofSeq

    let average (measure: StudyMeasure) =
        [
            for cell in cells ->
                let means = [| for name in names -> Array.average (cell.PerSeed(name, measure)) |]
                RankComparison.Ranks(means, measure.HigherIsBetter).ToTuple() |> fst
        ]

    let columns = measures |> List.map average

    let rows =
        [
            for i, name in List.indexed names ->
                name, [ for column in columns -> column |> List.averageBy (fun ranks -> ranks[i]) ]
        ]
        |> List.sortBy (snd >> List.average)

    {
        Header = title :: [ for m in measures -> m.Name ]
        Rows = [ for name, values in rows -> name :: [ for v in values -> Tables.number 2 v ] ]
    }

/// What tuning chose: a row per method.
let tuning (spec: StudySpec) (cell: CellResult) : Tables.Table =
    let row (name: string) (choice: StudyChoice) (tuning: Tuning) =
        [
            name
            String.Join(", ", choice.Keys)
            tuning.Value
            String.Join("; ", [ for struct (value, x) in tuning.Candidates -> $"{value}: {Tables.number 4 x}" ])
        ]

    {
        Header = [ "tuned"; "settings"; "chosen"; "validation value of each" ]
        Rows =
            [
                if spec.Tuning.IsTuned then
                    row "(all)" spec.Tuning cell.Shared
                for struct (method, own) in cell.Tuned do
                    if method.Tuned.IsTuned then
                        row method.Name method.Tuned own
            ]
    }

let private median (values: float list) = List.sort values |> List.item (values.Length / 2)

/// What methods cost: a row per cell and method. Times are those of the machine and its load.
let cost (records: RunRecord seq) : Tables.Table =
    {
        Header = [ "cell"; "method"; "runs"; "seconds"; "users/s"; "reference s"; "peak MB" ]
        Rows =
            [
                for (cell, name), runs in records |> Seq.groupBy (fun r -> r.Run.Cell.Title, CellReader.Label r.Run) do
                    let costs = [ for run in runs -> run.Cost ]

                    [
                        cell
                        name
                        string costs.Length
                        Tables.number 1 (median [ for c in costs -> c.Training.TotalSeconds ])
                        Tables.number 0 (median [ for c in costs -> c.UsersPerSecond ])
                        Tables.number 1 (median [ for c in costs -> c.Reference.TotalSeconds ])
                        Tables.number 0 (float (costs |> List.map _.PeakBytes |> List.max) / 1e6)
                    ]
            ]
    }

let private states =
    [ RunState.Done; RunState.Running; RunState.Interrupted; RunState.Diverged; RunState.Missing ]

/// How far a study is: a row per cell and stage, a column per state.
let status (status: StudyStatus) : Tables.Table =
    let stage (run: PlannedRun) =
        match run.Stage with
        | RunStage.SharedTuning -> "tuning, all methods"
        | RunStage.MethodTuning -> "tuning, each method"
        | _ -> "reported"

    let row (title: string) (stage: string) (runs: RunStatus list) =
        title
        :: stage
        :: string runs.Length
        :: [ for state in states -> string (runs |> List.filter (fun r -> r.State = state) |> List.length) ]

    {
        Header = "cell" :: "runs for" :: "all" :: [ for state in states -> (string state).ToLowerInvariant() ]
        Rows =
            [
                for (title, stage), runs in
                    List.ofSeq status.Runs |> List.groupBy (fun r -> r.Run.Cell.Title, stage r.Run) do
                    row title stage runs
                row "all" "" (List.ofSeq status.Runs)
            ]
    }
