/// Experiments from scripts: specs, training or reading of results, comparison of methods on the same test sets.
module RobustMeta.Scripts.Experiment

open System
open System.Collections.Generic
open System.IO
open System.Threading
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Robustness
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Training

let private structs (settings: (string * string) list) = [| for key, value in settings -> struct (key, value) |]

/// Key of a named robust method, which stands for several settings.
[<Literal>]
let PresetKey = "preset"

/// A copy of a spec with some settings changed. `"preset", NAME` stands for the settings of a robust method; settings given
/// beside it win, and those of the preset that cannot act beside them fall away.
let vary (settings: (string * string) list) (spec: ExperimentSpec) =
    let presets, others = settings |> List.partition (fun (key, _) -> key = PresetKey)

    let acting (spec: ExperimentSpec) =
        spec.RequireEffect(Seq.map fst others)
        spec

    match presets with
    | [] -> acting (spec.With(structs others))
    | [ _, name ] when not (spec.Method :? MetaMethodSpec) ->
        raise (
            SettingException
                $"{spec.Method.Name} is a baseline, which has no robust training: leave preset out, or take a model, as in run MeLU preset {name}"
        )
    | [ _, name ] ->
        spec
            .With(structs [ for struct (key, value) in RobustPreset.Named(name).Settings -> key, value ])
            .With(structs others)
        |> acting
    | _ -> raise (SettingException "preset is given twice.")

/// The defaults of a model or baseline with some settings changed, e.g. `spec "MeLU" [ "dataset", "ml-100k"; "levels", "none" ]`;
/// presets as in `vary`.
let spec (model: string) (settings: (string * string) list) = vary settings (ExperimentSpec.Of model)

/// The data set of a spec, from the catalog; a download ends when it is cancelled.
let loadUnless (cancellation: CancellationToken) (spec: ExperimentSpec) : Dataset =
    DatasetCatalog.Default.Load(spec.Dataset, Progress.download (), cancellation)

/// The data set of a spec, from the catalog.
let load (spec: ExperimentSpec) : Dataset = loadUnless CancellationToken.None spec

/// Tasks and test sets of an experiment on a data set.
let prepareSilently (dataset: Dataset) (spec: ExperimentSpec) : PreparedExperiment =
    PreparedExperiment.Of(spec, dataset, (fun said -> Console.WriteLine said))

/// Says what a prepared experiment holds, and what was left out of its data set.
let describe (dataset: Dataset) (prepared: PreparedExperiment) =
    let ratings, split = dataset.Ratings, prepared.Split

    printfn
        $"{ratings.Name}: {ratings.Users.Count} users, {ratings.Items.Count} items, {ratings.Count} ratings; {split.MetaTrain.Length} users to train, {split.Validation.Length} to validate, {split.Test.Length} to test"

    for KeyValue(reason, count) in split.Dropped do
        printfn $"left out: {count} users ({DropReasons.Words reason})"

    for note in prepared.Notes do
        printfn $"note: {note}"

    for note in dataset.Notes do
        printfn $"note: {note}"

    let negatives = prepared.Dataset.Ratings.Count - ratings.Count

    if negatives > 0 then
        printfn $"note: {negatives} negatives were drawn; no rating of this data set says what a user dislikes"

/// Tasks and test sets of an experiment on a data set, saying what was left out.
let prepare (dataset: Dataset) (spec: ExperimentSpec) : PreparedExperiment =
    let prepared = prepareSilently dataset spec
    describe dataset prepared
    prepared

/// Says what is trained or fitted, in a line.
let sayMethod (spec: ExperimentSpec) =
    match spec.Method with
    | :? MetaMethodSpec as meta -> printfn $"{meta.Meaning}"
    | method -> printfn $"{spec.MethodName}: {method.Meaning}"

/// Fits and measures one method, or reads its results where they are complete; the folder receives everything.
let trainOrRead (prepared: PreparedExperiment) (folder: RunFolder) (cancellation: CancellationToken) =
    let name = folder.Spec.MethodName

    use _ =
        folder.Claim((fun () -> printfn $"{name}: another process works at this run; waiting for it"), cancellation)

    match folder.SetAsideIfDamaged() with
    | null -> ()
    | damage -> printfn $"{name}: {damage}"

    folder.RequireSameData prepared

    if folder.IsDone && folder.Spec.Method.IsDetermined then
        printfn $"{name}: finished before, results are read from {folder.Path}"
        folder.ReadUsers()
    else
        let criterion = prepared.Validation.Name

        let progress: IProgress<EpochRecord> | null =
            match folder.Spec.Method with
            | :? MetaMethodSpec as meta -> Progress.reporter name meta criterion
            | _ -> null

        let result =
            ExperimentRunner.Run(
                prepared,
                folder.Spec,
                folder.Checkpoint(prepared, RunFolder.SaveInterval, (fun said -> printfn $"{name}: {said}")),
                progress,
                cancellation
            )

        let training = result.Training
        Progress.finish training.StoppedEarly
        folder.Write(prepared, result)

        match result.ReferenceChoice with
        | null -> ()
        | choice -> printfn $"{name}: {choice}"

        for warning in training.Warnings do
            printfn $"{name}: {warning}"

        let best =
            if result.IsTrained then
                $"best epoch {training.BestEpoch} of {training.History.Count}, "
            else
                ""

        printfn
            $"{name}: {best}{criterion} {CellText.number 4 training.BestValidation} on validation; {CellText.number 1 result.Cost.Training.TotalSeconds} s to fit, {CellText.number 1 result.Cost.Evaluation.TotalSeconds} s to evaluate"

        result.Users

/// Fits (or reads) all specs on one prepared data set, and measures the baselines beside them.
let compareOn
    (prepared: PreparedExperiment)
    (out: string)
    (specs: ExperimentSpec list)
    (cancellation: CancellationToken)
    : Comparison =
    let measure spec =
        sayMethod spec
        trainOrRead prepared (RunFolder(out, spec)) cancellation

    Comparison.Of(prepared, specs, measure)

/// Trains (or reads) all specs, which must share their data settings, and measures the baselines beside them.
let compare (out: string) (specs: ExperimentSpec list) =
    let prepared = prepare (load specs.Head) specs.Head
    compareOn prepared out specs CancellationToken.None

/// Fits (or reads) and compares the methods of an experiment, saying what is done.
let run (out: string) (experiment: RobustMeta.Experiments.Experiment) = compare out (List.ofSeq experiment.Specs)

/// Means of one metric: a row per method, a column per test set.
let table (metric: string) (comparison: Comparison) : Table = ShiftTables.methods metric comparison

let private printBelow (table: Table) =
    printfn ""
    ConsoleTable.print table

/// Prints the table of one metric.
let printTable (metric: string) (comparison: Comparison) = printBelow (table metric comparison)

/// Paired differences of one method to another on every test set, for the users that `keep` accepts and `who` names.
let differences
    (metric: string)
    (name: string)
    (reference: string)
    (who: string)
    (keep: string -> bool)
    (comparison: Comparison)
    =
    ShiftTables.differences metric name reference who keep comparison

/// Prints the paired differences of one method to another on every test set, over all users.
let printDifferences (metric: string) (name: string) (reference: string) (comparison: Comparison) =
    comparison |> differences metric name reference "all users" (fun _ -> true) |> printBelow

/// The figure of one metric against the shift.
let figure (metric: string) (comparison: Comparison) : Figure =
    DegradationFigure.draw
        metric
        $"{ShiftTables.axisLabel comparison.Axis} of the test set"
        (ShiftTables.uncertainty comparison)
        [
            for m in comparison.Means() do
                if m.Metric = metric then
                    { Line = m.Method; X = comparison.Coordinate m.TestSet; Result = m.Interval }
        ]

/// Writes the figure of one metric against the shift as an HTML page.
let saveFigure (metric: string) (page: string) (comparison: Comparison) =
    let figure = figure metric comparison
    FigurePage.save page { figure with Title = $"{figure.Title} ({comparison.Prepared.Dataset.Ratings.Name})" }

/// Writes `summary.md` (all metrics and the given tables) and `summary.csv` into a folder; returns their paths.
let saveSummary (folder: string) (extra: Table list) (comparison: Comparison) =
    let metrics = comparison.Means() |> Seq.map _.Metric |> Seq.distinct |> List.ofSeq
    let tables = [ for metric in metrics -> table metric comparison ] @ extra
    let path file = Path.Combine(folder, file)
    CsvText.Write(path "summary.md", tables |> List.map MarkdownTable.text |> String.concat "\n")
    CsvText.Write(path "summary.csv", ShiftTables.meansCsv comparison)
    [ path "summary.md"; path "summary.csv" ]
