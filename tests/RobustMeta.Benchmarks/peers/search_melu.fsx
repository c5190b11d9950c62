// Our searches beside Optuna's on the settings of MeLU: the best validation value that each has found after a part of the budget.
// usage: dotnet fsi search_melu.fsx DATASET RUNS SEEDS EPOCHS OUT [FOLDER of figures]; SEEDS: 20 for 1 to 20, or 21-40   (Debian: apt-get install python3-optuna)
// Runs are kept in OUT, so that a broken comparison goes on where it was.
// quick: python optuna synthetic 3 2 3 search
#load "curves.fsx"

open System
open System.Collections.Generic
open System.Diagnostics
open System.Globalization
open System.IO
open System.Text.Json
open System.Threading
open RobustMeta.Experiments
open RobustMeta.Studies
open RobustMeta.Studies.Search
open Curves

let dataset, runs, seeds, epochs, out, folder =
    match List.ofArray fsi.CommandLineArgs |> List.tail with
    | dataset :: runs :: seeds :: epochs :: out :: rest when rest.Length < 2 ->
        dataset, int runs, seedsOf seeds, int epochs, out, List.tryHead rest
    | _ -> failwith "usage: dotnet fsi search_melu.fsx DATASET RUNS SEEDS EPOCHS OUT [FOLDER]"

let keys = [| "localLr"; "innerSteps"; "lr"; "batchSize"; "embeddingDim" |]

let start =
    ExperimentSpec
        .Of("MeLU")
        .With(
            [|
                struct ("dataset", dataset)
                struct ("levels", "none")
                struct ("baselines", "none")
                struct ("shiftDraws", "1")
                struct ("epoch", string epochs)
            |]
        )

let space = SearchSpace.Of(start, keys)
let isHigher = (start.Evaluation.SelectionFor start.Split.Label).HigherIsBetter

let runner =
    let study = StudySpec(Name = "search", Methods = [| StudyMethod("MeLU", [| struct ("model", "MeLU") |]) |])
    StudyRunner(study, StudyStore out, StudyHooks.Silent, CancellationToken.None)

/// The validation value of a point after so many epochs; higher is better.
let value (point: string) (count: int) =
    let pairs = Seq.zip keys (SearchSpace.Values point) |> Seq.map (fun (key, text) -> struct (key, text))
    let outcome = runner.RunOne(start.With [| yield! pairs; struct ("epoch", string count) |])

    match outcome.State with
    | RunState.Done -> (if isHigher then 1.0 else -1.0) * outcome.Folder.ReadValidation()
    | _ -> Double.NegativeInfinity

// A higher value is the better one, whatever the metric: see `value`.
let told by tuner seed spent count found =
    {
        Task = $"MeLU, {dataset}"
        By = by
        Tuner = tuner
        Seed = seed
        Spent = spent
        Epochs = count
        Loss = -found
        Value = found
    }

let search (name: string) (seed: int) =
    // Whole trainings for all: rungs below the top are a ninth and a third of one.
    let trials = if name = "asha" then 9 * runs else runs

    let tuner = SearchPlan(name, SearchBudget(Runs = Nullable trials)).Create(space, true, int64 seed, epochs)

    let below = Dictionary<string, int>()
    let mutable spent = 0

    [
        while spent < runs * epochs && isNull tuner.Result do
            for trial in tuner.Ask() do
                let count = if trial.Epochs.HasValue then trial.Epochs.Value else epochs
                let before = if below.ContainsKey trial.Value then below[trial.Value] else 0
                spent <- spent + (if trial.Epochs.HasValue then count - before else count)
                below[trial.Value] <- count
                let found = value trial.Value count
                tuner.Tell(trial, found)
                told "ours" name seed spent count found
    ]

let ours =
    [
        for name in [ "random"; "tpe"; "asha" ] do
            for seed in seeds do
                eprintfn $"{name}, seed {seed}"
                yield! search name seed
    ]

let theirs =
    let info =
        ProcessStartInfo(
            "/usr/bin/python3",
            [ Path.Combine(__SOURCE_DIRECTORY__, "search_melu.py"); yield! List.map string (runs :: epochs :: seeds) ],
            RedirectStandardInput = true,
            RedirectStandardOutput = true
        )

    use python = Process.Start info |> nonNull

    let ranges =
        [
            for r in space.Ranges do
                dict
                    [
                        "key", box r.Key
                        "low", (if r.IsChoice then box 0 else box r.Low)
                        "high", (if r.IsChoice then box 0 else box r.High)
                        "log", box r.IsLog
                        "integer", box r.IsInteger
                        "choices", box (List.ofSeq r.Choices)
                        "default", box r.Default
                    ]
        ]

    python.StandardInput.WriteLine(JsonSerializer.Serialize ranges)
    python.StandardInput.Flush()
    let found = List<Told>()
    let mutable line = python.StandardOutput.ReadLine()

    while not (isNull line) do
        match (nonNull line).Split ' ' with
        | [| "ask"; tuner; seed; spent; count; point |] ->
            let answer = value point (int count)
            found.Add(told "Optuna" tuner (int seed) (int spent) (int count) answer)
            python.StandardInput.WriteLine(answer.ToString("R", CultureInfo.InvariantCulture))
            python.StandardInput.Flush()
        | [| "end"; tuner; seed |] -> eprintfn $"Optuna's {tuner}, seed {seed}"
        | _ -> failwith $"unexpected: {line}"

        line <- python.StandardOutput.ReadLine()

    List.ofSeq found

let part share = int (Math.Round(share * float runs)) * epochs
let budgets = [ for i in 1..10 -> part (float i / 10.0) ] |> List.distinct |> List.filter ((<) 0)
let all = ours @ theirs

report
    folder
    (table 4 epochs (List.distinct [ part 0.25; part 0.5; part 1.0 ]) all)
    [ figure "search-melu" "best validation value" epochs budgets all ]
