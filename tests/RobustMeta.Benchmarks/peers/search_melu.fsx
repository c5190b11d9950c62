// Our searches beside Optuna's on the settings of MeLU: the best validation value that each finds, mean with 95 % interval over repetitions.
// usage: dotnet fsi search_melu.fsx DATASET RUNS SEEDS EPOCHS OUT   (Debian: apt-get install python3-optuna)
// Runs are kept in OUT, so that a broken comparison goes on where it was.
// quick: python optuna synthetic 3 2 3 search
#load "../../../RobustMeta.Scripts/load.fsx"

open System
open System.Collections.Generic
open System.Diagnostics
open System.Globalization
open System.IO
open System.Text.Json
open System.Threading
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Studies
open RobustMeta.Studies.Search

let dataset, runs, seeds, epochs, out =
    match List.ofArray fsi.CommandLineArgs |> List.tail with
    | [ dataset; runs; seeds; epochs; out ] -> dataset, int runs, int seeds, int epochs, out
    | _ -> failwith "usage: dotnet fsi search_melu.fsx DATASET RUNS SEEDS EPOCHS OUT"

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

let search (name: string) (seed: int) =
    // Whole trainings for all: rungs below the top are a ninth and a third of one.
    let budget =
        if name = "asha" then
            SearchBudget(Runs = Nullable(9 * runs))
        else
            SearchBudget(Runs = Nullable runs)

    let tuner = SearchPlan(name, budget).Create(space, true, int64 seed, epochs)
    let below = Dictionary<string, int>()
    let mutable spent = 0
    let mutable best = nan

    while spent < runs * epochs && isNull tuner.Result do
        for trial in tuner.Ask() do
            let count = if trial.Epochs.HasValue then trial.Epochs.Value else epochs
            let before = if below.ContainsKey trial.Value then below[trial.Value] else 0
            spent <- spent + (if trial.Epochs.HasValue then count - before else count)
            below[trial.Value] <- count
            let found = value trial.Value count

            if count = epochs && not (found <= best) then
                best <- found

            tuner.Tell(trial, found)

    best

let ours =
    [
        for name in [ "random"; "tpe"; "asha" ] do
            for seed in 1..seeds do
                eprintfn $"{name}, {seed} of {seeds}"
                name, search name seed
    ]

let theirs =
    let info =
        ProcessStartInfo(
            "/usr/bin/python3",
            [ Path.Combine(__SOURCE_DIRECTORY__, "search_melu.py"); string runs; string seeds; string epochs ],
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
    let found = List<string * float>()
    let mutable line = python.StandardOutput.ReadLine()

    while not (isNull line) do
        match (nonNull line).Split ' ' with
        | [| "ask"; count; point |] ->
            let answer = value point (int count)
            python.StandardInput.WriteLine(answer.ToString("R", CultureInfo.InvariantCulture))
            python.StandardInput.Flush()
        | [| "best"; tuner; seed; value |] ->
            eprintfn $"Optuna's {tuner}, {seed} of {seeds}"
            found.Add(tuner, Double.Parse(value, CultureInfo.InvariantCulture))
        | _ -> failwith $"unexpected: {line}"

        line <- python.StandardOutput.ReadLine()

    List.ofSeq found

let ofTuner name results =
    results |> List.filter (fun (n, v) -> n = name && not (Double.IsNaN v)) |> List.map snd |> Array.ofList

let text (values: float[]) =
    if values.Length < 2 then
        "none"
    else
        let i = Significance.StudentInterval values

        String.Format(
            CultureInfo.InvariantCulture,
            "{0:F4} [{1:F4}, {2:F4}] ({3})",
            i.Mean,
            i.Low,
            i.High,
            values.Length
        )

printfn
    $"MeLU on {dataset}: best validation value after {runs} trainings of {epochs} epochs (or as many epochs), {seeds} repetitions\n"

printfn "| search | ours | Optuna |"
printfn "|---|---|---|"

for name in [ "random"; "tpe"; "asha" ] do
    printfn $"| {name} | {text (ofTuner name ours)} | {text (ofTuner name theirs)} |"
