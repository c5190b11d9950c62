// Does robust training help the minority of the synthetic world, and the test set shifted farthest towards it?
//   dotnet fsi RobustMeta.Scripts/experiments/synthetic_minority.fsx [number of seeds, default 8]
// Every method has the same grid (weight decay 0 or 3e-4), and each seed chooses from it by validation NDCG@10 alone.
// Writes synthetic_minority.md into docs/results.
// quick: 1
#load "../load.fsx"

open System
open System.IO
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Scripts

let seeds =
    match List.ofArray fsi.CommandLineArgs with
    | [ _; count ] -> int count
    | _ -> 8

let shared =
    [
        "epoch", "30"
        "gamma", "0.93"
        "optimizer", "adam"
        "lr", "0.005"
        "localLr", "0.5"
        "embeddingDim", "16"
        "supportSize", "8"
        "testFraction", "0.3"
        "testUserFraction", "0.2"
        "metrics", "NDCG@10"
    ]

let methods =
    [
        "plain", [ ("preset", "plain") ]
        "paper", [ "preset", "paper"; "taskWeightLr", "0.1" ]
        "user level of paper", [ "preset", "user"; "taskWeightLr", "0.1" ]
        "S-DRO, taste groups", [ "preset", "s-dro"; "taskWeightLr", "0.1" ]
        "chi-square over users", [ ("preset", "chi2-dro") ]
    ]

let dataset = DatasetCatalog.Default.Load "synthetic"

let isMinority (user: string) =
    let group = dataset.Ratings.UserFeatures.Find "group" :?> TokenColumn
    group.Vocabulary[group.Tokens[dataset.Ratings.Users.Find(user).Value]] = SyntheticRatings.MinorityToken

/// Per-user values of the better of the two runs of a grid, by validation.
let best (seed: int) (settings: (string * string) list) =
    [ "0"; "0.0003" ]
    |> List.map (fun decay ->
        let spec = Experiment.spec "MeLU" ([ "seed", string seed; "weightDecay", decay ] @ shared @ settings)
        ExperimentRunner.Run(PreparedExperiment.Of(spec, dataset), spec))
    |> List.maxBy _.Training.BestValidation
    |> fun result -> dict [ for row in result.Users -> (row.TestSet, row.User), row.Value ]

let parts: (string * (int * string -> bool)) list =
    [
        "all, β = 0", (fun (set, _) -> set = 2)
        "all, β = 2", (fun (set, _) -> set = 4)
        "minority, β = 0", (fun (set, user) -> set = 2 && isMinority user)
        "minority, β = 2", (fun (set, user) -> set = 4 && isMinority user)
        "majority, β = 0", (fun (set, user) -> set = 2 && not (isMinority user))
    ]

let results =
    [
        for seed in 1..seeds do
            printfn $"seed {seed} of {seeds}"
            [ for name, settings in methods -> name, best seed settings ]
    ]

/// Mean over seeds with the t interval over seeds, and the pooled Wilcoxon p-value over (seed, user) pairs.
let cell (name: string) (part: int * string -> bool) =
    let perSeed =
        [|
            for runs in results do
                let own, plain = dict(runs)[name], dict(runs)["plain"]
                [| for key in own.Keys |> Seq.filter part -> own[key] - plain[key] |]
        |]

    let interval = Significance.StudentInterval [| for d in perSeed -> Array.average d |]
    $"{CellText.range 4 interval}, p {CellText.probability (Significance.Wilcoxon(Array.concat perSeed))}"

let absolute (part: int * string -> bool) =
    let means =
        [|
            for runs in results -> dict(runs)["plain"] |> Seq.filter (fun kv -> part kv.Key) |> Seq.averageBy _.Value
        |]

    CellText.plusMinus 4 (Significance.StudentInterval means)

let table: Table =
    Table.ofText
        ("NDCG@10" :: List.map fst parts)
        [
            yield "plain (mean ± 95 % over seeds)" :: [ for _, part in parts -> absolute part ]

            for name, _ in methods.Tail do
                yield $"{name} − plain" :: [ for _, part in parts -> cell name part ]
        ]

let text =
    $"""# Robust training on the synthetic world

{seeds} seeds (split, test sets and initial values); MeLU, support of 8; each method and seed takes the weight decay (0 or
3e-4) that validation NDCG@10 prefers. Differences are paired by user: mean over seeds with the 95 %% t interval over seeds,
and the Wilcoxon p-value over all (seed, user) pairs. Made by `dotnet fsi RobustMeta.Scripts/experiments/synthetic_minority.fsx`.

{MarkdownTable.grid table}"""

File.WriteAllText(Path.Combine(Load.reports, "synthetic_minority.md"), text)
printf "%s" text
