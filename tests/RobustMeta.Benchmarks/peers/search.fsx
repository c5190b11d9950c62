// Our searches beside Optuna's on the same functions: a table of mean log10 regrets with 95 % intervals.
// usage: dotnet fsi search.fsx RUNS SEEDS   (Debian: apt-get install python3-optuna)
// quick: python optuna 12 3
#load "../../../RobustMeta.Scripts/load.fsx"
#load "../../RobustMeta.Tests/Studies/SearchFunctions.fs"

open System
open System.Diagnostics
open System.Globalization
open System.IO
open RobustMeta.Studies
open RobustMeta.Studies.Search
open RobustMeta.Tests.Studies

let runs, seeds =
    match List.ofArray fsi.CommandLineArgs |> List.tail with
    | [ runs; seeds ] -> int runs, int seeds
    | _ -> failwith "usage: dotnet fsi search.fsx RUNS SEEDS"

let ours =
    [
        for f in SearchFunctions.all do
            for name in [ "random"; "tpe" ] do
                for seed in 1..seeds do
                    let plan = SearchPlan(name, SearchBudget(Runs = Nullable runs))
                    (f.Name, name, seed), SearchFunctions.regret f (plan.Create(f.Space, false, int64 seed, 1))
    ]

// The value after some epochs, for searches that stop trainings early: as in search_optuna.py.
let epochs = 9

let spread = Map [ "sphere", 10.0; "Rosenbrock", 2.0; "Branin", 5.0; "Ackley", 2.0; "conditional", 0.5 ]

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

let asha (f: SearchFunctions.SearchFunction) seed =
    // Going on from a rung costs the epochs that it adds, as in Optuna, while the tuner counts whole trainings: both spend as many.
    let budget = runs * epochs / 3

    let tuner: ITuner =
        AshaTuner(
            SearchTask(f.Space, SearchBudget(Runs = Nullable(10 * runs)), false, Seed = int64 seed, Epochs = epochs)
        )

    let below = Map [ 1, 0; 3, 1; 9, 3 ]
    let mutable spent = 0
    let told = Collections.Generic.List<int * float * string>()

    while spent < budget do
        for trial in tuner.Ask() do
            let epoch = trial.Epochs.Value
            spent <- spent + epoch - below[epoch]
            let value = early f (List.ofSeq (SearchSpace.Values trial.Value)) epoch
            told.Add(epoch, value, trial.Value)
            tuner.Tell(trial, value)

    let top = told |> Seq.map (fun (epoch, _, _) -> epoch) |> Seq.max
    let _, _, best = told |> Seq.filter (fun (epoch, _, _) -> epoch = top) |> Seq.minBy (fun (_, value, _) -> value)
    f.Value(List.ofSeq (SearchSpace.Values best)) - f.Least

let theirs =
    let info = ProcessStartInfo("/usr/bin/python3", RedirectStandardOutput = true)

    for word in [ Path.Combine(__SOURCE_DIRECTORY__, "search_optuna.py"); string runs; string seeds ] do
        info.ArgumentList.Add word

    use python = Process.Start info |> nonNull
    let lines = python.StandardOutput.ReadToEnd().Trim().Split '\n'

    [
        for line in lines do
            let words = line.Split ','
            (words[0], words[1], int words[2]), Double.Parse(words[3], CultureInfo.InvariantCulture)
    ]

// Mean and half width of its 95 % interval (Student, 19 degrees of freedom: 2.093).
let interval (values: float list) =
    let n = float values.Length
    let mean = List.average values
    let variance = (values |> List.sumBy (fun v -> (v - mean) ** 2.0)) / (n - 1.0)
    mean, 2.093 * sqrt (variance / n)

let logs results name tuner =
    [
        for (f, t, _), regret in results do
            if f = name && t = tuner then
                log10 (max 1e-9 regret)
    ]

let text (mean: float, half: float) = String.Format(CultureInfo.InvariantCulture, "{0:F2} ± {1:F2}", mean, half)

let ashas =
    [
        for f in SearchFunctions.all do
            for seed in 1..seeds -> (f.Name, "asha", seed), asha f seed
    ]

printfn
    "| function | random, ours | random, Optuna | TPE, ours | TPE, Optuna | TPE, ours − Optuna | ASHA, ours | ASHA, Optuna | ASHA, ours − Optuna |"

printfn "|---|---|---|---|---|---|---|---|---|"

for f in SearchFunctions.all do
    let cell results tuner = text (interval (logs results f.Name tuner))
    let ourTpe, theirTpe = interval (logs ours f.Name "tpe"), interval (logs theirs f.Name "tpe")
    let difference (a: float * float) (b: float * float) = text (fst a - fst b, sqrt (snd a ** 2.0 + snd b ** 2.0))
    let halving = difference (interval (logs ashas f.Name "asha")) (interval (logs theirs f.Name "asha"))

    printfn
        $"""| {f.Name} | {cell ours "random"} | {cell theirs "random"} | {cell ours "tpe"} | {cell theirs "tpe"} | {difference ourTpe theirTpe} | {cell ashas "asha"} | {cell theirs "asha"} | {halving} |"""
