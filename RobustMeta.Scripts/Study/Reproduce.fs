/// The command `reproduce quick|paper [DATA…] [plan] [out FOLDER] [from FOLDER]`: from raw data to one report of the whole analysis.
module RobustMeta.Scripts.Reproduce

open System
open System.Diagnostics
open System.IO
open System.Threading
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Studies

/// A command's words, read.
type Order =
    {
        Size: ReproduceSize
        Data: string list
        /// Tells the runs and the time, and runs nothing.
        IsPlan: bool
        Out: string
        /// Folder of packed studies to report without running any.
        From: string option
    }

/// The grammar, for help.
let usage =
    """reproduce quick|paper [DATA…] [plan] [out FOLDER] [from FOLDER]
quick  every study in a small form on the synthetic world and ML-100K, in minutes
paper  the whole grid; says beforehand how many runs it is and how long it takes. The same command on other machines
       or in other terminals, with the same folder, shares the work
plan   tells the runs and the time, and runs nothing
from   makes the report of packed studies (FOLDER/STUDY, by 'study STUDY pack') and runs nothing"""

let private datasetOf (word: string) =
    let names = List.ofSeq DatasetCatalog.Default.Names

    if List.contains word names then
        word
    else
        raise (SettingException $"There is no data set '{word}'{NearestName.Hint(word, names)}\n{usage}")

let rec private read (order: Order) (words: string list) =
    match words with
    | [] -> order
    | "plan" :: rest -> read { order with IsPlan = true } rest
    | "out" :: folder :: rest -> read { order with Out = folder } rest
    | "from" :: folder :: rest ->
        FilledWord.Require(folder, "the folder of a pack after 'from'")
        read { order with From = Some folder } rest
    | word :: rest -> read { order with Data = order.Data @ [ datasetOf word ] } rest

/// The order of a command's words.
let order (words: string list) : Order =
    let started size name rest =
        read
            {
                Size = size
                Data = []
                IsPlan = false
                Out = Path.Combine("results", $"reproduce-{name}")
                From = None
            }
            rest

    match words with
    | "quick" :: rest -> started Quick "quick" rest
    | "paper" :: rest -> started Paper "paper" rest
    | word :: _ -> raise (SettingException $"'{word}' is no size: expected quick or paper\n{usage}")
    | [] -> raise (SettingException $"reproduce needs a size: quick or paper\n{usage}")

let private studies (out: string) (specs: StudySpec list) =
    [ for spec in specs -> Study.ofSpec (Path.Combine(out, "studies", spec.Name)) spec ]

let private openRuns (study: Study.Study) =
    let status = StudyStatus.Of(study.Spec, study.Store)
    status, status.Runs.Count - status.Count RunState.Done - status.Count RunState.Diverged

let private probed cancellation (study: Study.Study) =
    let seconds = StudyProbe.Seconds(study.Spec, StudyHooks.Silent, cancellation)
    Func<_, _>(fun cell -> Nullable(seconds[cell]))

let private counted (runs: int) = Counted.Of(int64 runs, "run", "runs")

// Runs and time of what is missing, study by study; a study of which nothing is finished is tried where that is asked for.
let private tell (isTried: bool) cancellation (all: Study.Study list) =
    let mutable total, runs, isKnown = TimeSpan.Zero, 0, true

    for study in all do
        let status, left = openRuns study
        let estimate = StudyEstimate.Of(status)

        let estimate =
            if isTried && left > 0 && not estimate.Remaining.HasValue then
                StudyEstimate.Of(status, probed cancellation study)
            else
                estimate

        runs <- runs + left

        match Option.ofNullable estimate.Remaining with
        | Some span ->
            total <- total + span
            printfn $"{study.Spec.Name}: {counted left} to make, {StudyCommand.time span}"
        | None ->
            isKnown <- false
            printfn $"{study.Spec.Name}: {counted left} to make"

    if isKnown then
        printfn
            $"in all {counted runs}, {StudyCommand.time total} in one process on this machine; P processes or machines that share the folder take about 1/P"
    else
        printfn $"in all {counted runs}"

let private run cancellation (all: Study.Study list) =
    let left = all |> List.sumBy (openRuns >> snd)
    let clock = Stopwatch.StartNew()
    let mutable finished = 0

    let told () =
        finished <- finished + 1
        let rest = clock.Elapsed / float finished * float (max 0 (left - finished))

        printfn
            $"run {finished} of {left}; {StudyCommand.time clock.Elapsed} so far, about {StudyCommand.time rest} to go"

    for study in all do
        printfn $"study {study.Spec.Name}"
        Study.runTelling told cancellation study

let private summaryOf (size: ReproduceSize) =
    match size with
    | Quick ->
        "Every study of the analysis in a small form: short trainings, few users, two seeds. It shows that everything from the raw data to the last figure works on this machine; which method is best is a question for the whole grid, reproduce paper."
    | Paper -> "Every study of the analysis as its file says, from the raw data to the last figure."

/// Studies as one report in `OUT/report`.
let report (size: ReproduceSize) (out: string) (sources: StudySource list) : ReportFolder.Written =
    let sources = sources |> List.filter (fun source -> not source.Cells.IsEmpty)
    let name = if size = Quick then "quick" else "paper"
    let theory = Theory.sections (if size = Quick then Theory.quick else Theory.full)

    ReproduceReport.make $"RobustMeta: the whole analysis ({name})" (summaryOf size) sources theory
    |> ReportFolder.write (Path.Combine(out, "report"))

let private packed (folder: string) (specs: StudySpec list) =
    let place (spec: StudySpec) = Path.Combine(folder, spec.Name)

    match specs |> List.filter (fun spec -> StudySummary.IsIn(place spec)) with
    | [] ->
        let names = String.Join(", ", [ for spec in specs -> spec.Name ])
        raise (SettingException $"There is no packed study in '{folder}': expected a folder of one of {names}")
    | found -> [ for spec in found -> StudySource.unpack spec (place spec) ]

let private tellWritten (written: ReportFolder.Written) =
    written.Missing |> Option.iter (printfn "%s")
    printfn $"written: {written.Index}"

/// Runs the command.
let execute (words: string list) (cancellation: CancellationToken) =
    let order = order words
    Chromium.find () |> ignore
    OutFolder.Require order.Out
    let specs = ReproduceSize.specs order.Size order.Data

    match order.From with
    | Some folder -> tellWritten (report order.Size order.Out (packed folder specs))
    | None ->
        let all = studies order.Out specs
        tell (order.IsPlan || order.Size = Paper) cancellation all

        if not order.IsPlan then
            run cancellation all
            tellWritten (report order.Size order.Out (List.map Study.source all))
