// Our searches beside Optuna's on the same functions: mean log10 of the regret after a part of the budget, with 95 % intervals.
// usage: dotnet fsi search.fsx RUNS SEEDS [FOLDER of figures]; SEEDS: 20 for 1 to 20, or 21-40   (Debian: apt-get install python3-optuna)
// quick: python optuna 12 3
#load "curves.fsx"
#load "../../RobustMeta.Tests/Studies/SearchFunctions.fs"

open System
open System.Diagnostics
open System.Globalization
open System.IO
open RobustMeta.Studies
open RobustMeta.Studies.Search
open RobustMeta.Tests.Studies
open Curves

let runs, seeds, folder =
    match List.ofArray fsi.CommandLineArgs |> List.tail with
    | [ runs; seeds ] -> int runs, seedsOf seeds, None
    | [ runs; seeds; folder ] -> int runs, seedsOf seeds, Some folder
    | _ -> failwith "usage: dotnet fsi search.fsx RUNS SEEDS [FOLDER]"

// Of a whole training, for searches that stop some early.
let epochs = 9

// How far the value of a training of one epoch may be off, by function.
let spread = Map [ "sphere", 10.0; "Rosenbrock", 2.0; "Branin", 5.0; "Ackley", 2.0; "conditional", 0.5 ]

// The value after some epochs, as in search_optuna.py: the more there are, the nearer it is to the last one.
let early (f: SearchFunctions.SearchFunction) (point: string list) (epoch: int) =
    let counted = f.Space.Counted(String.Join("/", point))

    let numbers =
        [
            for key in f.Space.Keys do
                match counted.TryGetValue key with
                | true, text ->
                    match Double.TryParse(text, CultureInfo.InvariantCulture) with
                    | true, x -> x
                    | _ -> ()
                | _ -> ()
        ]

    let wave = sin (numbers |> List.mapi (fun i x -> float (i + 1) * 12.9898 * x) |> List.sum)
    f.Value point + spread[f.Name] * (float epochs / float epoch - 1.0) / float epochs * abs wave

// Going on from a rung costs the epochs that it adds, as in Optuna.
let below = Map [ 1, 0; 3, 1; 9, 3 ]

let search (f: SearchFunctions.SearchFunction) (name: string) (seed: int) =
    // Rungs below the top cost less than a training, so ASHA's budget of trials is set beyond what can be spent.
    let trials = if name = "asha" then 10 * runs else runs

    let tuner = SearchPlan(name, SearchBudget(Runs = Nullable trials)).Create(f.Space, false, int64 seed, epochs)

    let mutable spent = 0

    [
        while spent < runs * epochs && isNull tuner.Result do
            for trial in tuner.Ask() do
                let epoch = if trial.Epochs.HasValue then trial.Epochs.Value else epochs
                let point = List.ofSeq (SearchSpace.Values trial.Value)
                spent <- spent + epoch - (if trial.Epochs.HasValue then below[epoch] else 0)
                let loss = early f point epoch
                tuner.Tell(trial, loss)

                {
                    Task = f.Name
                    By = "ours"
                    Tuner = name
                    Seed = seed
                    Spent = spent
                    Epochs = epoch
                    Loss = loss
                    Value = f.Value point
                }
    ]

let ours =
    [
        for f in SearchFunctions.all do
            for name in [ "random"; "tpe"; "asha" ] do
                for seed in seeds do
                    yield! search f name seed
    ]

let theirs =
    let words = [ Path.Combine(__SOURCE_DIRECTORY__, "search_optuna.py"); string runs; yield! List.map string seeds ]
    use python = Process.Start(ProcessStartInfo("/usr/bin/python3", words, RedirectStandardOutput = true)) |> nonNull
    let number (text: string) = Double.Parse(text, CultureInfo.InvariantCulture)

    [
        for line in python.StandardOutput.ReadToEnd().Trim().Split '\n' do
            let words = line.Split ','

            {
                Task = words[0]
                By = "Optuna"
                Tuner = words[1]
                Seed = int words[2]
                Spent = int words[3]
                Epochs = int words[4]
                Loss = number words[5]
                Value = number words[6]
            }
    ]

let least = Map [ for f in SearchFunctions.all -> f.Name, f.Least ]

let regrets =
    [ for told in ours @ theirs -> { told with Value = log10 (max 1e-9 (told.Value - least[told.Task])) } ]

let part share = int (Math.Round(share * float runs)) * epochs
let budgets = [ for i in 1..20 -> part (float i / 20.0) ] |> List.distinct

let drawn name tasks =
    regrets
    |> List.filter (fun told -> List.contains told.Task tasks)
    |> figure name "log10 regret" epochs budgets

report
    folder
    (table 2 epochs [ part 0.25; part 0.5; part 1.0 ] regrets)
    [ drawn "search-1" [ "sphere"; "Rosenbrock"; "Branin" ]; drawn "search-2" [ "Ackley"; "conditional" ] ]
