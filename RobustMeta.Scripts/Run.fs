/// `run MODEL name value …`: one experiment from data to result files.
module RobustMeta.Scripts.Run

open System
open System.Collections.Generic
open System.IO
open System.Threading
open RobustMeta.Evaluation
open RobustMeta.Experiments

/// Appends a method's rows to the paper's result file; where one of its metrics was not measured, says so instead.
let private appendPerformance (path: string) (name: string) (rows: UserResult seq) =
    let means = dict [ for c in Summary.cells (Seq.toArray rows) -> (c.TestSet, c.Metric), c.Interval.Mean ]

    let complete =
        [
            for testSet in means.Keys |> Seq.map fst |> Seq.distinct |> Seq.sort do
                if PerformanceFile.Metrics |> Seq.forall (fun metric -> means.ContainsKey(testSet, metric)) then
                    let values = [| for metric in PerformanceFile.Metrics -> means[testSet, metric] |]
                    struct (name, testSet, values :> IReadOnlyList<float>)
        ]

    if complete.IsEmpty then
        let wanted = String.Join(", ", PerformanceFile.Metrics)
        printfn $"{path} is not written: its metrics ({wanted}) were not all measured"
    else
        PerformanceFile.Append(path, complete)
        printfn $"appended {complete.Length} rows to {path}"

let private report (out: string) (name: string) (isNew: bool) (folder: string) (comparison: Experiment.Comparison) =
    for metric in comparison.Rows |> Seq.map _.Metric |> Seq.distinct do
        Experiment.printTable metric comparison

    printfn ""

    if isNew then
        comparison.Rows
        |> Seq.filter (fun row -> row.Method = name)
        |> appendPerformance (Path.Combine(out, "performance.csv")) name

    printfn $"everything about this run is in {folder}"

/// One experiment: prints its tables and leaves its files below `out`.
let execute (out: string) (spec: ExperimentSpec) (cancellation: CancellationToken) =
    let folder = RunFolder(out, spec)
    let isNew = not folder.IsDone
    let prepared = Experiment.prepare (Experiment.load spec) spec

    Experiment.compareOn prepared out [ spec ] cancellation |> report out spec.MethodName isNew folder.Path
