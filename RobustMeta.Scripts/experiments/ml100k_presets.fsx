// Robust presets on MovieLens-100K against the same plain model and against simple baselines.
//   dotnet fsi RobustMeta.Scripts/experiments/ml100k_presets.fsx [number of seeds, default 5]
// Nothing is tuned per method: all share the plain model's optimiser settings. Writes ml100k_presets.md beside this file.
#load "../load.fsx"

open System.IO
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Scripts

let seeds =
    match List.ofArray fsi.CommandLineArgs with
    | [ _; count ] -> int count
    | _ -> 5

let shared =
    [
        "dataset", "ml-100k"
        "epoch", "20"
        "gamma", "0.9"
        "optimizer", "adam"
        "lr", "0.005"
        "weightDecay", "0.0001"
        "embeddingDim", "16"
        "metrics", "NDCG@10,LogLoss"
        "baselines", "random,bias,EASE,iALS"
    ]

let presets = [ "none"; "paper"; "chi2-dro"; "robustmeta"; "distill" ]
let dataset = DatasetCatalog.Default.Load "ml-100k"

let results =
    [
        for seed in 1..seeds do
            printfn $"seed {seed} of {seeds}"
            let spec preset = Experiment.spec "MeLU" ([ "seed", string seed; "preset", preset ] @ shared)
            let prepared = PreparedExperiment.Of(spec "none", dataset)

            [
                for preset in presets do
                    yield! ExperimentRunner.Train(prepared, spec preset).Users

                for baseline in prepared.Baselines() do
                    yield! prepared.Evaluate baseline
            ]
    ]

let plain = "MeLU"
let methods = results.Head |> List.map _.Method |> List.distinct
let sets = [ 0, "β = −2"; 2, "β = 0"; 4, "β = 2" ]

/// Mean over seeds of a method's mean over users, or of its paired difference to plain, with a t interval over seeds.
let cell (metric: string) (testSet: int) (name: string) =
    let values (rows: UserResult list) who =
        dict
            [
                for r in rows do
                    if r.Method = who && r.Metric = metric && r.TestSet = testSet then
                        r.User, r.Value
            ]

    let perSeed =
        [|
            for rows in results do
                let own, other = values rows name, values rows plain

                if own.Count > 0 then
                    if name = plain then
                        Seq.average own.Values
                    else
                        own.Keys |> Seq.averageBy (fun user -> own[user] - other[user])
        |]

    if perSeed.Length = 0 then "–"
    elif name = plain then Tables.interval 4 (Significance.StudentInterval perSeed)
    else Tables.difference 4 (Significance.StudentInterval perSeed)

let table (metric: string) : Tables.Table =
    {
        Header = metric :: List.map snd sets
        Rows =
            [
                for name in methods ->
                    (if name = plain then plain else $"{name} − {plain}")
                    :: [ for set, _ in sets -> cell metric set name ]
            ]
    }

let text =
    $"""# Robust presets on MovieLens-100K

{seeds} seeds (user split, support and query, initial values), 94 test users each; MeLU with item ids, second order. The first
row is plain training (mean ± 95 %% t interval over seeds), the others paired differences to it with t intervals over seeds.
All methods share the plain model's optimiser settings; nothing was tuned per method. For LogLoss negative is better. Made by
`ml100k_presets.fsx`.

{Tables.markdown (table "NDCG@10")}
{Tables.markdown (table "LogLoss")}"""

File.WriteAllText(Path.Combine(__SOURCE_DIRECTORY__, "ml100k_presets.md"), text)
printf "%s" text
