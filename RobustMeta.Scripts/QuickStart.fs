/// `quick_start`: a plain and a robust meta-recommender and the baselines on shifted test sets, in about a minute.
module RobustMeta.Scripts.QuickStart

open System.IO
open System.Threading
open RobustMeta.Data
open RobustMeta.Experiments

[<Literal>]
let private Metric = "NDCG@10"

/// Settings that both methods share. A short support leaves room for doubt about who a user is, and small draws of
/// many test users let the test sets shift far.
let private shared =
    [
        "epoch", "25"
        "gamma", "0.93"
        "weightDecay", "0.0003"
        "optimizer", "adam"
        "lr", "0.005"
        "localLr", "0.5"
        "embeddingDim", "16"
        "supportSize", "8"
        "testFraction", "0.3"
        "testUserFraction", "0.2"
    ]

let private plain = [ Experiment.PresetKey, "plain" ]
let private robust = [ Experiment.PresetKey, "user"; "taskWeightLr", "0.1" ]

/// The settings of a method; whatever the user gives wins, a preset over the robust method alone.
let private spec (given: (string * string) list) (method: (string * string) list) =
    let isGiven key = given |> List.exists (fun (other, _) -> other = key)
    Experiment.spec "MeLU" ((shared @ method |> List.filter (fst >> isGiven >> not)) @ given)

/// How many seeds are pooled: one split of a few hundred test users says little about a method.
let private seeds = 3L

/// Users of the minority of the synthetic world, which its feature `group` tells; None for other data.
let private minority (ratings: Ratings) : (string -> bool) option =
    match ratings.UserFeatures.Find "group" with
    | :? TokenColumn as column ->
        let isMinority (user: string) =
            match Option.ofNullable (ratings.Users.Find user) with
            | Some index -> column.Vocabulary[column.Tokens[index]] = SyntheticRatings.MinorityToken
            | None -> false

        Some isMinority
    | _ -> None

/// Plain and robust method and the baselines on all seeds' test sets.
let private compareSeeds (out: string) (plain: ExperimentSpec) (robust: ExperimentSpec) cancellation =
    let dataset = Experiment.loadUnless cancellation plain

    Comparison.Over
        [|
            for seed in plain.Seed .. plain.Seed + seeds - 1L do
                printfn $"seed {seed} ({seed - plain.Seed + 1L} of {seeds})"
                let specs = [ plain; robust ] |> List.map (Experiment.vary [ "seed", string seed ])
                Experiment.compareOn (Experiment.prepare dataset specs.Head) out specs cancellation
        |]

/// Trains, measures, prints the tables and writes the files below `out`.
let execute (out: string) (given: (string * string) list) (cancellation: CancellationToken) =
    let forPlain = given |> List.filter (fun (key, _) -> key <> Experiment.PresetKey)
    let plain, robust = spec forPlain plain, spec given robust
    let comparison = compareSeeds out plain robust cancellation
    let difference = Experiment.differences Metric robust.MethodName plain.MethodName

    let differences =
        [
            difference "all users" (fun _ -> true) comparison

            match minority comparison.Prepared.Dataset.Ratings with
            | Some isMinority -> difference "minority users" isMinority comparison
            | None -> ()
        ]

    Experiment.printTable Metric comparison

    for table in differences do
        printfn ""
        ConsoleTable.print table

    let summaries = Experiment.saveSummary out differences comparison
    let figure = Path.Combine(out, "figure.html")
    Experiment.saveFigure Metric figure comparison
    printfn ""

    for path in summaries @ [ figure ] do
        printfn $"written: {path}"
