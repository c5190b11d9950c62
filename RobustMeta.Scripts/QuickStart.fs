/// `quick_start`: a plain and a robust meta-recommender and the baselines on shifted test sets, in about a minute.
module RobustMeta.Scripts.QuickStart

open System.IO
open System.Threading
open RobustMeta.Experiments

[<Literal>]
let private Metric = "NDCG@10"

/// Settings that both methods share; whatever the user gives wins over them.
let private shared =
    [ "epoch", "30"; "patience", "8"; "optimizer", "adam"; "lr", "0.005"; "localLr", "0.5"; "embeddingDim", "16" ]

let private plain = [ "levels", "none" ]
let private robust = [ "levels", "both" ]

let private spec (given: (string * string) list) (method: (string * string) list) =
    let isGiven key = given |> List.exists (fun (other, _) -> other = key)
    Experiment.spec "MeLU" ((shared @ method |> List.filter (fst >> isGiven >> not)) @ given)

/// Trains, measures, prints the table and writes the files below `out`.
let execute (out: string) (given: (string * string) list) (cancellation: CancellationToken) =
    let plain, robust = spec given plain, spec given robust
    let prepared = Experiment.prepare (Experiment.load plain) plain
    let comparison = Experiment.compareOn prepared out [ plain; robust ] cancellation

    let difference = Experiment.differences Metric robust.MethodName plain.MethodName (fun _ -> true) comparison

    Experiment.printTable Metric comparison
    printf "\n%s\n" (Tables.markdown difference)
    let summaries = Experiment.saveSummary out [ difference ] comparison
    let figure = Path.Combine(out, "figure.html")
    Experiment.saveFigure Metric figure comparison

    for path in summaries @ [ figure ] do
        printfn $"written: {path}"
