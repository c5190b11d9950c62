/// Studies from scripts: reading a study file, running what is missing, results as records and as a frame, the report.
module RobustMeta.Scripts.Study

open System
open System.Globalization
open System.IO
open System.Threading
open Deedle
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Studies

/// A study and where its results are.
type Study = { Spec: StudySpec; Store: StudyStore }

/// Name of the report in a study's folder.
[<Literal>]
let ReportFile = "report.md"

let private beside =
    lazy (Path.Combine(Path.GetDirectoryName(typeof<Study>.Assembly.Location) |> nonNull, "experiments"))

/// Names of the studies that come with the project.
let names () =
    [
        for file in Directory.GetFiles(beside.Value, "*.toml") |> Array.sort ->
            Path.GetFileNameWithoutExtension file |> nonNull
    ]

let private listed () = String.Join(", ", names ())

/// The file of a study: one's own by its path, one of the project by its name.
let fileOf (name: string) =
    if name.EndsWith(".toml", StringComparison.OrdinalIgnoreCase) then
        if File.Exists name then
            name
        elif Directory.Exists name then
            raise (SettingException $"{name} is a folder; expected a study file")
        else
            raise (SettingException $"There is no study file '{name}'. Studies of the project: {listed ()}")
    elif List.contains name (names ()) then
        Path.Combine(beside.Value, name + ".toml")
    else
        raise (
            SettingException
                $"There is no study '{name}'{NearestName.End(name, names ())} Studies: {listed ()}; or give the path of a study file, NAME.toml"
        )

let private structs (pairs: (string * string) list) = [| for key, value in pairs -> struct (key, value) |]

/// As `load`, for a command that knows these words beside the settings: a misspelt one is told apart by them.
let loadAmong
    (words: string list)
    (name: string)
    (variant: string option)
    (out: string option)
    (changes: (string * string) list)
    : Study =
    let file = fileOf name
    let read = StudyFile.Read(file, Option.toObj variant)
    let spec = StudyOverrides.With(read, structs changes, Array.ofList words)
    StudyFigures.require file spec
    let store = StudyStore(defaultArg out (Path.Combine("results", spec.Name)))
    store.RequireOf spec
    { Spec = spec; Store = store }

/// A study by name or path, a variant of it (`Some "quick"`), and changes as the command line has them, e.g.
/// `[ "data", "ml-100k"; "seeds", "1,2"; "epoch", "5" ]`. Results are below `out`; without it in `results/NAME`.
let load (name: string) (variant: string option) (out: string option) (changes: (string * string) list) : Study =
    loadAmong [] name variant out changes

/// A study made of values instead of a file.
let ofSpec (out: string) (spec: StudySpec) : Study = { Spec = spec; Store = StudyStore out }

let private hooks: Lazy<StudyHooks> =
    lazy
        (StudyHooks(
            Say = StandardOutput.line,
            Epochs = (fun spec meta criterion -> Progress.reporter spec.MethodName meta criterion),
            Trained = (fun stoppedEarly -> Progress.finish stoppedEarly),
            Downloads = Progress.download (),
            CountsRuns = true
        ))

/// The same, told after each training; the caller counts the runs.
let runTelling (trained: unit -> unit) (cancellation: CancellationToken) (study: Study) =
    let own = hooks.Value

    let telling =
        StudyHooks(
            Say = own.Say,
            Epochs = own.Epochs,
            Trained =
                (fun stoppedEarly ->
                    own.Trained.Invoke stoppedEarly
                    trained ()),
            Downloads = own.Downloads
        )

    StudyRunner(study.Spec, study.Store, telling, cancellation).Run()

/// Runs what is missing; stops when cancelled, and goes on from there the next time.
let runUntil (cancellation: CancellationToken) (study: Study) =
    StudyRunner(study.Spec, study.Store, hooks.Value, cancellation).Run()

/// Runs what is missing.
let run (study: Study) = runUntil CancellationToken.None study

/// The finished runs as records: the results of each on every test set and metric.
let records (study: Study) : RunRecord list = StudyResults.Read(study.Spec, study.Store) |> List.ofSeq

/// The same with the baselines, each of which is measured once a data set and seed.
let results (study: Study) : StudyRecord list = StudyResults.ReadAll(study.Spec, study.Store) |> List.ofSeq

/// The cells of which anything is complete, with the per-user results behind them.
let cells (study: Study) : CellResult list = CellReader(study.Spec, study.Store).ReadAll() |> List.ofSeq

/// All results as a frame: one row per run or baseline, test set and metric; a swept setting is a column of its own. A baseline has no
/// base model, and no value where a run was selected or timed.
let frame (study: Study) : Frame<int, string> =
    let rows =
        [
            for r in results study do
                for m in r.Measurements -> r, m
        ]

    let column name (select: StudyRecord * RunMeasurement -> obj) =
        name => Series.ofValues [ for row in rows -> select row ]

    let word (text: string | null) : obj = (Option.ofObj text |> Option.defaultValue "") :> obj

    let ofRun (number: RunRecord -> float) (record: StudyRecord) : obj =
        match record with
        | :? RunRecord as run -> number run
        | _ -> nan

    let swept = study.Spec.Sweeps |> Seq.collect _.Axes |> Seq.map (fun (struct (key, _)) -> key) |> Seq.distinct

    // Numbers as numbers, so that they can be an axis; not a number where a run is not swept along the key.
    let valueOf key (r: StudyRecord) : obj =
        match r.Run.Point.Settings |> Seq.tryFind (fun (struct (k, _)) -> k = key) with
        | Some(struct (_, text)) ->
            match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
            | true, number -> number :> obj
            | _ -> text :> obj
        | None -> nan :> obj

    Frame.ofColumns
        [
            column "data" (fun (r, _) -> r.Run.Cell.Data.Name)
            column "shift" (fun (r, _) -> r.Run.Cell.Shift.Name)
            column "base" (fun (r, _) -> r.Run.Cell.Base.Name)
            column "method" (fun (r, _) -> r.Run.Method.Name)
            column "sweep" (fun (r, _) -> r.Run.Point.Sweep)
            column "settings" (fun (r, _) -> r.Run.Point.Text)
            for key in swept do
                column key (fun (r, _) -> valueOf key r)
            column "shared" (fun (r, _) -> word r.Run.Shared)
            column "own" (fun (r, _) -> word r.Run.Own)
            column "seed" (fun (r, _) -> r.Run.Seed)
            column "testset" (fun (_, m) -> m.TestSet)
            column "axis" (fun (r, _) -> r.Axis)
            column "coordinate" (fun (_, m) -> m.Coordinate)
            column "metric" (fun (_, m) -> m.Metric)
            column "mean" (fun (_, m) -> m.Mean)
            column "worstDecile" (fun (_, m) -> m.WorstDecile)
            column "users" (fun (_, m) -> m.Users)
            column "validation" (fun (r, _) -> ofRun _.Validation r)
            column "trainSeconds" (fun (r, _) -> ofRun _.Cost.Training.TotalSeconds r)
            column "referenceSeconds" (fun (r, _) -> ofRun _.Cost.Reference.TotalSeconds r)
            column "peakBytes" (fun (r, _) -> ofRun (fun run -> float run.Cost.PeakBytes) r)
            column "run" (fun (r, _) -> word r.Run.Id)
        ]

/// The epochs of all finished runs as a frame: losses, gap, effective sample sizes, validation.
let history (study: Study) : Frame<int, string> =
    let rows =
        [
            for h in StudyHistory.Read(study.Spec, study.Store) do
                for e in h.Epochs -> h.Run, e
        ]

    let column name (select: PlannedRun * RobustMeta.Training.EpochRecord -> obj) =
        name => Series.ofValues [ for row in rows -> select row ]

    Frame.ofColumns
        [
            column "data" (fun (r, _) -> r.Cell.Data.Name)
            column "shift" (fun (r, _) -> r.Cell.Shift.Name)
            column "base" (fun (r, _) -> r.Cell.Base.Name)
            column "method" (fun (r, _) -> CellReader.Label r)
            column "seed" (fun (r, _) -> r.Seed)
            column "epoch" (fun (_, e) -> e.Epoch)
            column "meanLoss" (fun (_, e) -> e.MeanLoss)
            column "robustLoss" (fun (_, e) -> e.RobustLoss)
            column "validation" (fun (_, e) -> e.Validation)
            column "userEss" (fun (_, e) -> e.UserEss)
            column "interactionEss" (fun (_, e) -> e.InteractionEss)
            column "worstLoss" (fun (_, e) -> e.WorstLoss)
            column "dualityGap" (fun (_, e) -> e.DualityGap)
        ]

/// What tables and figures are made of, for scripts that draw their own.
let source (study: Study) : StudySource = StudySource.read study.Spec study.Store

/// Writes a report with all tables and figures to the path of its Markdown page, prints the results of its first metric; gives
/// the path.
let saveReportOf (path: string) (source: StudySource) : string =
    Directory.CreateDirectory(FileInfo(path).Directory |> nonNull |> _.FullName) |> ignore
    let written = StudyReport.save path source

    match source.Cells with
    | [] -> ()
    | cells -> printf $"{ConsoleTable.text (StudyTables.results source.Spec cells cells.Head.Metrics[0].Metric)}"

    written.Missing |> Option.iter StandardOutput.line
    StandardOutput.line $"report with tables and figures: {written.Index}"
    path

/// The report of a study, by default beside its results; gives the path of its Markdown page.
let saveReport (path: string option) (study: Study) : string =
    saveReportOf (defaultArg path (Path.Combine(study.Store.Root, ReportFile))) (source study)
