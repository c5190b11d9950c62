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

printfn "| function | random, ours | random, Optuna | TPE, ours | TPE, Optuna | TPE, ours − Optuna |"
printfn "|---|---|---|---|---|---|"

for f in SearchFunctions.all do
    let cell results tuner = text (interval (logs results f.Name tuner))
    let ourTpe, theirTpe = interval (logs ours f.Name "tpe"), interval (logs theirs f.Name "tpe")
    let difference = fst ourTpe - fst theirTpe, sqrt (snd ourTpe ** 2.0 + snd theirTpe ** 2.0)

    printfn
        $"""| {f.Name} | {cell ours "random"} | {cell theirs "random"} | {cell ours "tpe"} | {cell theirs "tpe"} | {text difference} |"""
