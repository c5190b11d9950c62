/// `run MODEL name value …`: one experiment from data to result files.
module RobustMeta.Scripts.Run

open System
open System.IO
open System.Threading
open RobustMeta.Experiments
open RobustMeta.Runtime

/// Brings the paper's result file up to date, and says whether it changed.
let private updatePerformance (out: string) (run: RunFolder) =
    let path = Path.Combine(out, PerformanceFile.Name)
    let update = PerformanceFile.Update out

    if not (isNull update.SetAside) then
        printfn $"{path} was of the previous format, without data set and seed; it is now {update.SetAside}"

    if update.IsRebuilt then
        printfn $"{path} did not match the runs beside it and was written again"

    match List.ofSeq update.Unread with
    | [] -> ()
    | first :: others ->
        printfn $"not in {path}, since it cannot be read here:"
        printfn $"  {first}"

        if not others.IsEmpty then
            printfn $"  and {others.Length} more"

    let own = (PerformanceFile.RowsOf run).Count
    let name = DirectoryInfo(run.Path).Name
    let others = update.Added |> Seq.filter (fun row -> row.Run <> name) |> Seq.length

    if own = 0 then
        let wanted = String.Join(", ", PerformanceFile.Metrics)
        printfn $"{path} has no row of this run, which does not measure all of its metrics ({wanted})"
    else
        printfn $"{path}: {own} rows of this run"

    if others > 0 then
        let added = Counted.Of(others, "row", "rows")
        printfn $"{path}: also took up {added} of earlier runs (quick_start, scripts, studies)"

/// One experiment: prints its tables and leaves its files below `out`.
let execute (out: string) (spec: ExperimentSpec) (cancellation: CancellationToken) =
    let dataset = Experiment.loadUnless cancellation spec
    let prepared = Experiment.prepareSilently dataset spec
    // First of all: what is robust here, and how, is what a mistaken setting would change.
    Experiment.sayMethod spec
    Experiment.describe dataset prepared

    for notice in AdvanceNotices.Of(prepared, spec.Method) do
        printfn $"{notice.Text}"

    let folder = RunFolder(out, spec)
    let comparison = Comparison.Of(prepared, [ spec ], (fun _ -> Experiment.trainOrRead prepared folder cancellation))

    for metric in comparison.Rows |> Seq.map _.Metric |> Seq.distinct do
        Experiment.printTable metric comparison

    printfn ""
    updatePerformance out folder
    printfn $"everything about this run is in {folder.Path}"
