/// Tables of the study of all models, from whatever runs of a plan are finished.
module RobustMeta.Scripts.ModelReport

open System.Collections.Generic
open RobustMeta.Evaluation
open RobustMeta.Scripts.ModelStudy

/// What every method is compared with.
let reference = "bias"

/// The method that the others are to be compared with as well.
let own = "MetaPMF"

/// Value of each user, mean over the seeds that test the user: users are the independent units, seeds are not, since
/// their test users overlap.
let private perUser (metric: string) (runs: (int * Run) list) : Dictionary<int * string, float> =
    let values = Dictionary()

    for seed, run in runs do
        for row in run.Users do
            if row.Metric = metric then
                values[(seed, row.User)] <- row.Value

    values

let private interval (values: float seq) = Significance.Bootstrap(Array.ofSeq values, 1L)

/// Mean over seeds of the mean over users.
let mean (metric: string) (runs: (int * Run) list) =
    let means =
        [
            for _, run in runs do
                let values =
                    [
                        for row in run.Users do
                            if row.Metric = metric then
                                row.Value
                    ]

                if not values.IsEmpty then
                    List.average values
        ]

    if means.IsEmpty then nan else List.average means

/// Paired difference of two methods on the seeds that both have: mean over users of a user's mean over its seeds, with
/// a bootstrap interval over users. None where no user has both.
let difference (metric: string) (runs: (int * Run) list) (others: (int * Run) list) : Interval option =
    let own, other = perUser metric runs, perUser metric others

    let users =
        own.Keys
        |> Seq.filter other.ContainsKey
        |> Seq.groupBy snd
        |> Seq.sortBy fst
        |> Seq.map (fun (_, keys) -> keys |> Seq.averageBy (fun key -> own[key] - other[key]))
        |> Array.ofSeq

    if users.Length = 0 then None else Some(interval users)

let private differenceCell metric runs others =
    match difference metric runs others with
    | Some interval -> Tables.difference 4 interval
    | None -> "–"

let private median (values: float list) = List.sort values |> List.item (values.Length / 2)

let private settingsText (settings: Settings) =
    match settings with
    | [] -> "–"
    | _ -> settings |> List.map (fun (key, value) -> $"{key} {value}") |> String.concat ", "

let private row plan dataset label columns (method: Method) =
    match finished plan dataset label method with
    | [] -> None
    | runs -> Some(method.Name :: columns method runs)

let private table header rows : Tables.Table = { Header = header; Rows = List.choose id rows }

let private accuracy (plan: Plan) dataset label (reference: (int * Run) list) =
    let metric, others =
        if label = "rating" then
            "MAE", [ "RMSE" ]
        else
            "NDCG@10", [ "NDCG@5"; "Precision@5"; "Recall@5"; "F1@5"; "Precision@10"; "Recall@10"; "F1@10" ]

    let columns _ runs =
        [
            string (List.length runs)
            Tables.number 4 (mean metric runs)
            differenceCell metric runs reference
            for other in others do
                Tables.number 4 (mean other runs)
        ]

    table ([ "method"; "seeds"; metric; "− bias" ] @ others) (plan.Methods |> List.map (row plan dataset label columns))

let private cost (plan: Plan) dataset label =
    let columns method (runs: (int * Run) list) =
        let of' select = runs |> List.map (snd >> _.Cost >> select)

        [
            Tables.number 1 (median (of' (fun (c: RobustMeta.Experiments.RunCost) -> c.Training.TotalSeconds)))
            Tables.number 0 (median (of' _.UsersPerSecond))
            Tables.number 0 (List.max (of' (fun c -> float c.PeakBytes)) / 1e6)
            settingsText (choice plan dataset label method |> Option.defaultValue [])
        ]

    table
        [ "method"; "seconds"; "users/s"; "peak MB"; "chosen" ]
        (plan.Methods |> List.map (row plan dataset label columns))

/// Differences of our own model to every other.
let private ours (plan: Plan) dataset label =
    let metric = if label = "rating" then "MAE" else "NDCG@10"

    match plan.Methods |> List.tryFind (fun m -> m.Name = own) with
    | None -> table [ own ] []
    | Some method ->
        let runs = finished plan dataset label method

        table
            [ $"{metric}: {own} − …"; "difference [95 %]" ]
            [
                for other in plan.Methods do
                    if other.Name <> own then
                        match finished plan dataset label other with
                        | [] -> None
                        | others -> Some [ other.Name; differenceCell metric runs others ]
            ]

let private missing (plan: Plan) =
    [
        for dataset, seeds in plan.Datasets do
            for label in plan.Labels do
                let counts = [ for method in plan.Methods -> method.Name, (finished plan dataset label method).Length ]

                if counts |> List.forall (fun (_, count) -> count = 0) then
                    $"{dataset}, {label} (no method)"
                else
                    for name, count in counts do
                        if count < seeds then
                            $"{name} ({dataset}, {label}: {count} of {seeds} seeds)"
    ]

/// The report of a plan as Markdown.
let text (plan: Plan) : string =
    let sections =
        [
            for dataset, _ in plan.Datasets do
                for label in plan.Labels do
                    let bias =
                        plan.Methods
                        |> List.tryFind (fun m -> m.Name = reference)
                        |> Option.map (finished plan dataset label)
                        |> Option.defaultValue []

                    let table = accuracy plan dataset label bias

                    if not table.Rows.IsEmpty then
                        $"## {dataset}, {label}\n"
                        Tables.markdown table
                        let own = ours plan dataset label

                        if not own.Rows.IsEmpty then
                            Tables.markdown own

                        Tables.markdown (cost plan dataset label)
        ]
        |> String.concat "\n"

    let gaps =
        match missing plan with
        | [] -> "All runs of the plan are finished."
        | list -> "Not run, or not on all seeds: " + String.concat "; " list + "."

    $"""# All models and baselines

New users, as they come (no shift): support at most 20 ratings or half of them, query all others up to 100, ranked among
themselves; clicks are ratings of 4 and more. Same splits for all. Each method has {candidates} candidate settings (or none
to choose from), the best on the validation users of seed {tuningSeed} is reported on other seeds; the best epoch of each run is
chosen on that run's validation users. Differences are paired over users, a user's mean over the seeds that test it, with 95 %%
bootstrap intervals over users. For MAE and RMSE lower is better. Seconds, users a second (training users times epochs over
the whole time of training) and the largest working set of the process are those of the machine and its load, one run after
another in one process. No method sees director or actor; baselines by item ID cannot score new items. Made by
`models.fsx`.

{gaps}

{sections}"""
