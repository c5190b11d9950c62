/// `run MODEL name value …`: one experiment from data to result files.
module RobustMeta.Scripts.Run

open System
open System.IO
open System.Threading
open RobustMeta.Experiments

/// Brings the paper's result file up to date, and says what came of it.
let private updatePerformance (out: string) =
    let path = Path.Combine(out, PerformanceFile.Name)
    let update = PerformanceFile.Update out

    if not (isNull update.SetAside) then
        printfn $"{path} was of the previous format, without data set and seed; it is now {update.SetAside}"

    if update.IsRebuilt then
        printfn $"{path} did not belong to the runs beside it and was made anew"

    for reason in update.Unread do
        printfn $"not in {path}: {reason}"

    if update.Added > 0 then
        printfn $"{update.Added} rows written to {path}"

/// One experiment: prints its tables and leaves its files below `out`.
let execute (out: string) (spec: ExperimentSpec) (cancellation: CancellationToken) =
    printfn $"{spec.MethodName}: {spec.Method.Meaning}"
    let prepared = Experiment.prepare (Experiment.loadUnless cancellation spec) spec
    let comparison = Experiment.compareOn prepared out [ spec ] cancellation

    for metric in comparison.Rows |> Seq.map _.Metric |> Seq.distinct do
        Experiment.printTable metric comparison

    printfn ""
    let folder = RunFolder(out, spec)

    if (PerformanceFile.RowsOf folder).Count = 0 then
        let wanted = String.Join(", ", PerformanceFile.Metrics)
        printfn $"performance.csv has no row of this run: its metrics ({wanted}) were not all measured"

    updatePerformance out
    printfn $"everything about this run is in {folder.Path}"
