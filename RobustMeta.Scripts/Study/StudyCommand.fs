/// The command `study NAME|FILE.toml [quick] [plan|status|run|report|export|pack] [name value …]`.
module RobustMeta.Scripts.StudyCommand

open System
open System.IO
open System.Threading
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Studies

/// What to do with a study.
type Verb =
    | RunAndReport
    | Run
    | Report
    | Status
    | Plan
    | Probe
    | Export
    | Pack

/// A command's words, read.
type Order =
    {
        Name: string
        Variant: string option
        Verb: Verb
        Out: string option
        /// The folder of a summary, from which to report; none: the runs' folders.
        From: string option
        /// Where the report or export goes.
        To: string option
        Changes: (string * string) list
    }

let private verbs =
    [
        "run", Run
        "report", Report
        "status", Status
        "plan", Plan
        "probe", Probe
        "export", Export
        "pack", Pack
    ]

/// The grammar, for help.
let usage =
    """study NAME|FILE.toml [quick] [plan|probe|status|run|report|export|pack] [name value …]
without a verb: runs what is missing, then writes the report
  plan      the runs, their number and the expected time; the list goes to plan.csv
  probe     the same, trying one epoch of each cell for the time; nothing of it is kept
  status    done, running, diverged and missing runs, with reasons, and the time that remains
  run       runs what is missing; several processes share the work
  report    writes the report from what is there, or with 'from FOLDER' from a packed summary
  pack      writes all that a report needs into a folder of five files, to keep without the runs
            (to FOLDER; without it OUT/summary)
  export    writes results.csv: a row per run or baseline, test set and metric
the verb may stand before the study's name or after it
names: out FOLDER, to FILE (of pack a FOLDER), from FOLDER, variant NAME, data A,B, base A,B,
methods A,B, seeds 1,2, tuningSeed 100; all others are settings of the runs, e.g. epoch 5"""

// A word that names a place, which is given once.
let private once name (given: string option) (value: string) =
    match given with
    | Some _ -> raise (SettingException $"{name} is given twice.")
    | None -> Some value

// `quick` is a variant by another word, which is easily given beside it.
let private variantOf (order: Order) (name: string) =
    match order.Variant with
    | Some given when List.contains "quick" [ given; name ] ->
        raise (
            SettingException
                "The variant is given twice: 'quick' is short for 'variant quick'; leave 'quick' or 'variant' out."
        )
    | given -> once "variant" given name

let rec private read (order: Order) (words: string list) =
    match words with
    | [] -> order
    | "quick" :: rest -> read { order with Variant = variantOf order "quick" } rest
    | word :: rest when order.Verb = RunAndReport && List.exists (fst >> (=) word) verbs ->
        read { order with Verb = verbs |> List.find (fst >> (=) word) |> snd } rest
    | [ word ] -> raise (StudyWords.withoutValue word)
    | "out" :: folder :: rest -> read { order with Out = once "out" order.Out folder } rest
    | "from" :: folder :: rest -> read { order with From = once "from" order.From folder } rest
    | "to" :: file :: rest -> read { order with To = once "to" order.To file } rest
    | "variant" :: name :: rest -> read { order with Variant = variantOf order name } rest
    | key :: _ when List.exists (fst >> (=) key) order.Changes -> raise (SettingException $"{key} is given twice.")
    | key :: value :: rest -> read { order with Changes = order.Changes @ [ key, value ] } rest

/// The order of a command's words, the study's name or file first.
let order (words: string list) : Order =
    match words with
    | [] ->
        let names = String.Join(", ", Study.names ())
        raise (SettingException $"study needs the name of a study or a study file\n{usage}\nstudies: {names}")
    | name :: rest ->
        read
            {
                Name = name
                Variant = None
                Verb = RunAndReport
                Out = None
                From = None
                To = None
                Changes = []
            }
            rest

/// Refuses a file that is called otherwise than what it holds: it misleads, and is often another file, such as a study's.
let requireEnding (path: string) (endings: string list) (what: string) =
    if String.IsNullOrWhiteSpace path then
        raise (SettingException $"to is empty; expected {what}, e.g. to results{endings.Head}")

    let ending = Path.GetExtension path |> nonNull

    if not (List.contains (ending.ToLowerInvariant()) endings) then
        let proposed = Path.ChangeExtension(path, endings.Head)
        raise (SettingException $"to is '{path}'; expected {what}, e.g. to {proposed}")

// A pack is reported as it was made. Settings that it was made with may be repeated; the pack knows them.
let private requireWhole (order: Order) =
    match order.Changes |> List.tryFind (fun (key, _) -> Seq.contains key StudyOverrides.Keys) with
    | Some(key, value) ->
        raise (
            SettingException
                $"'{key}' chooses a part of the runs, and a pack is reported as it was made: leave it out, or pack that part of the runs, study {order.Name} pack {key} {value} to FOLDER"
        )
    | None -> ()

/// Refuses words that would change nothing.
let private requireActing (order: Order) =
    order.From
    |> Option.iter (fun folder -> FilledWord.Require(folder, "the folder of a packed study after 'from'"))

    if order.From.IsSome && order.Verb <> Report then
        raise (
            SettingException
                "'from' takes the results of a packed study to report; write: study NAME report from FOLDER"
        )

    if order.From.IsSome then
        requireWhole order

    match order.From, order.Out with
    | Some folder, Some out ->
        raise (
            SettingException
                $"'out {out}' names the folder of a study's runs, and 'report from {folder}' reads none: leave 'out' out; 'to FILE.md' says where the report goes"
        )
    | _ -> ()

    match order.To, order.Verb with
    | Some place, (Run | Status) ->
        raise (SettingException $"'to {place}' names no file here: run and status write none but the study's own")
    | Some path, (RunAndReport | Report) -> requireEnding path [ ".md" ] "the report's page, in Markdown"
    | Some path, (Plan | Probe | Export) -> requireEnding path [ ".csv" ] "a table as CSV"
    | _ -> ()

/// The study of a command's words after the study's name, beside words that the command has itself.
let ofWordsAmong (own: string list) (name: string) (words: string seq) : Study.Study =
    let order = order (name :: List.ofSeq words)
    Study.loadAmong (own @ StudyWords.places) order.Name order.Variant order.Out order.Changes

/// The study of a script's words: `[quick] [name value …]` after the script's name.
let ofWords (name: string) (words: string seq) : Study.Study = ofWordsAmong [] name words

/// A time in words, e.g. `2 h 5 min`.
let time (span: TimeSpan) =
    if span.TotalHours >= 1.0 then
        $"{int span.TotalHours} h {span.Minutes} min"
    elif span.TotalMinutes >= 1.0 then
        $"{int span.TotalMinutes} min {span.Seconds} s"
    else
        $"{CellText.number 1 span.TotalSeconds} s"

let private remaining (name: string) (estimate: StudyEstimate) (isProbed: bool) =
    let finished = Counted.Of(int64 estimate.Measured, "finished run", "finished runs")

    let measured =
        match isProbed, estimate.Measured with
        | true, 0 -> "one epoch of each cell, which is not kept"
        | true, _ -> $"{finished} and one epoch of each cell without, which is not kept"
        | false, _ -> finished

    match Option.ofNullable estimate.Remaining with
    | Some span when span = TimeSpan.Zero -> "nothing remains to be run"
    | Some span -> $"time that remains: {time span} in one process on this machine (from {measured})"
    | None ->
        $"time that remains: unknown until a run is finished; 'study {name} probe', with the same words, tries one epoch of each cell"

/// Says which runs are damaged and what mends them.
let tellDamaged (name: string) (coverage: StudyCoverage) =
    for KeyValue(folder, reason) in coverage.Damaged do
        StandardOutput.line $"damaged and left out: {folder}: {reason}"

    if coverage.Damaged.Count > 0 then
        StandardOutput.line $"'study {name} run' makes damaged runs again"

let private print (name: string) (study: Study.Study) probed =
    let status = StudyStatus.Of(study.Spec, study.Store)
    printf "%s" (ConsoleTable.text (StudyTables.status status))
    StandardOutput.line $"\n{remaining name (StudyEstimate.Of(status, probed)) (not (isNull probed))}"
    status.Widths().Warning |> Option.ofObj |> Option.iter StandardOutput.line

    if status.Runs |> Seq.exists (fun run -> isNull run.Run.Id) then
        StandardOutput.line
            "runs that await tuning may turn out identical, and are then run only once: the number can fall"

    status

let private reasons (name: string) (status: StudyStatus) =
    for state in [ RunState.Damaged; RunState.Diverged; RunState.Running; RunState.Interrupted ] do
        for run in status.Runs |> Seq.filter (fun r -> r.State = state) do
            let why = Option.ofObj run.Reason |> Option.map (fun text -> $": {text}") |> Option.defaultValue ""
            StandardOutput.line $"{(string state).ToLowerInvariant()}: {run.Run.Title}{why}"

    if status.Count RunState.Damaged > 0 then
        StandardOutput.line $"'study {name} run' makes damaged runs again"

    for reason, runs in
        status.Runs
        |> Seq.filter (fun r -> r.State = RunState.Missing && not (isNull r.Reason))
        |> Seq.groupBy _.Reason do
        let count = Counted.Of(int64 (Seq.length runs), "run", "runs")
        StandardOutput.line $"missing, {reason}: {count}"

let private write (order: Order) (study: Study.Study) name text =
    let path = defaultArg order.To (Path.Combine(study.Store.Root, name))
    Directory.CreateDirectory(FileInfo(path).Directory |> nonNull |> _.FullName) |> ignore
    OutFile.RequireOther(path, [ Study.fileOf order.Name ], "to")
    TemporaryFile.SweepBeside path |> ignore
    CsvText.Write(path, text)
    StandardOutput.line $"written: {path}"

let private plan order (study: Study.Study) probed =
    let status = print order.Name study probed
    write order study "plan.csv" (StudyExport.Plan(status.Runs |> Seq.map _.Run))

// Whether a study is another one in part: of no other seeds.
let private isPartOf (whole: StudySpec) (study: StudySpec) =
    let seeds (spec: StudySpec) = spec.Cells |> Seq.collect spec.SeedsOf |> Set.ofSeq
    Set.isSubset (seeds study) (seeds whole) && List.ofSeq study.TuningSeeds = List.ofSeq whole.TuningSeeds

let private report (order: Order) (study: Study.Study) =
    // Of the whole study, whatever part was run.
    let whole = Study.load order.Name order.Variant (Some study.Store.Root) []
    let changed = order.Changes |> List.exists (fst >> fun key -> not (Seq.contains key StudyOverrides.Keys))

    let study = if changed || not (isPartOf whole.Spec study.Spec) then study else whole

    let source =
        match order.From with
        | Some folder -> StudySource.unpack study.Spec folder
        | None -> Study.source study

    match source.Coverage with
    | Some coverage when order.Verb = Report && source.Cells.IsEmpty && coverage.Finished = 0 ->
        StudyResults.RequireFinished(study.Spec, study.Store, "report")
    | _ -> ()

    let path = defaultArg order.To (Path.Combine(defaultArg order.From study.Store.Root, Study.ReportFile))
    StandardOutput.line $"written: {Study.saveReportOf path source}"

    match source.Coverage with
    | Some coverage when coverage.Finished < coverage.Planned || coverage.Damaged.Count > 0 ->
        StandardOutput.line $"reported: {coverage.Runs}"
        tellDamaged order.Name coverage
    | _ -> ()

// Where files are made of a part of the runs.
let private tellPart (name: string) (coverage: StudyCoverage) =
    if coverage.Damaged.Count > 0 then
        StandardOutput.line $"of {coverage.Runs}"
        tellDamaged name coverage

let private pack (order: Order) (study: Study.Study) =
    let folder = defaultArg order.To (Path.Combine(study.Store.Root, "summary"))
    StudySummary.RequireFree(study.Spec, folder)
    StudyResults.RequireFinished(study.Spec, study.Store, "pack")
    OutFolder.Require(folder, "to")
    let coverage = StudyCoverage()
    StudySummary.Write(study.Spec, study.Store, folder, coverage)
    StandardOutput.line $"written: {folder}"
    tellPart order.Name coverage

/// Runs the command.
let execute (words: string list) (cancellation: CancellationToken) =
    let order = order words
    requireActing order
    let study = Study.loadAmong StudyWords.places order.Name order.Variant order.Out order.Changes

    if order.Verb = Report || order.Verb = RunAndReport then
        // A wrong name of the browser is told before the runs, not after them.
        Chromium.find () |> ignore

    // A pack is reported beside itself, or where it is told to.
    if order.Verb <> Status && order.From.IsNone then
        OutFolder.Require study.Store.Root
    elif File.Exists study.Store.Root then
        raise (
            SettingException
                $"out is '{study.Store.Root}', which is a file; expected the folder of a study, e.g. out results/mine"
        )

    match order.Verb with
    | Plan -> plan order study null
    | Probe ->
        let seconds = StudyProbe.Seconds(study.Spec, StudyHooks.Silent, cancellation)
        plan order study (Func<_, _>(fun cell -> Nullable(seconds[cell])))
    | Status -> print order.Name study null |> reasons order.Name
    | Run ->
        Study.runUntil cancellation study
        let status = StudyStatus.Of(study.Spec, study.Store)
        StandardOutput.line $"done: {status.Count RunState.Done} of {status.Runs.Count} runs, in {study.Store.Root}"
    | Report -> report order study
    | Pack -> pack order study
    | Export ->
        StudyResults.RequireFinished(study.Spec, study.Store, "export")
        let coverage = StudyCoverage()
        let records = StudyResults.ReadAll(study.Spec, study.Store, coverage)
        write order study "results.csv" (StudyExport.Csv records)
        tellPart order.Name coverage
    | RunAndReport ->
        Study.runUntil cancellation study
        report order study
