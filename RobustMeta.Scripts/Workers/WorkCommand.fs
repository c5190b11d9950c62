/// `study work|submit|retry|cancel|collect NAME|FILE …`: a study in many processes, on one machine or several.
module RobustMeta.Scripts.WorkCommand

open System
open System.IO
open System.Threading
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Studies.Collection
open RobustMeta.Studies.Workers

/// What `help` says of the verbs.
let usage =
    """study work NAME|FILE shard I/N …     does its part, then pieces that no other worker has taken
study submit NAME|FILE [engine local|parallel|slurm|kubernetes] [workers N] [atOnce N]
      [threads N] [memory MIB] [minutes N] [hosts FILE] [image NAME] [claim NAME] …
      starts workers; without 'engine' local, as processes of this machine
study retry …        as submit: starts workers again, which do what is missing
study cancel NAME|FILE …      ends all workers, wherever they run; they save what they learned.
      Those that start later end at once, until submit or retry is called
study collect NAME|FILE [to FILE] …     one file of all results: a row per run, test set, user
      and metric; without 'to' OUT/results.parquet
study simulate NAME|FILE nodes 10,100,1000 [cores 32] [runs 150000] …     its time on many nodes"""

/// Takes `name value` out of the words.
let rec take name fallback (words: string list) =
    match words with
    | key :: value :: rest when key = name -> value, rest
    | word :: rest ->
        let value, others = take name fallback rest
        value, word :: others
    | [] -> fallback, []

/// A positive integer of the words.
let number name (fallback: int) words =
    let text, rest = take name (string fallback) words

    match Int32.TryParse(text, Globalization.CultureInfo.InvariantCulture) with
    | true, value when value > 0 -> value, rest
    | _ ->
        raise (
            SettingException
                $"{name} is '{text}'; expected a whole number from 1 to {Int32.MaxValue}, e.g. {name} {fallback}"
        )

// A time limit in minutes, or with its unit.
let private minutesOf words =
    let text, rest = take "minutes" "60" words

    match Int32.TryParse(text, Globalization.CultureInfo.InvariantCulture), Option.ofNullable (TimeText.Parse text) with
    | (true, value), _ when value > 0 -> value, rest
    | _, Some time when time <= TimeSpan.FromMinutes(float Int32.MaxValue) -> int (ceil time.TotalMinutes), rest
    | _ ->
        raise (
            SettingException
                $"minutes is '{text}'; expected a positive number of minutes, at most {Int32.MaxValue}, e.g. minutes 60, or a time, minutes \"2 hours\""
        )

let private work name words (cancellation: CancellationToken) =
    let shard, words = take "shard" "" words
    let study = StudyCommand.ofWordsAmong (StudyWords.ownOf "work") name words
    OutFolder.Require study.Store.Root

    if shard = "" then
        raise (
            SettingException
                $"study work needs the worker's part, shard I/N with I from 0 to N - 1, e.g. study work {name} shard 0/4; shard 0/1 is a worker alone"
        )

    let hooks = StudyHooks(Say = StandardOutput.line)
    let claims = study.Store.Leases(StudyShard.Parse shard, StandardOutput.line)
    let asked = StudyCancellation study.Store.Root

    if asked.IsAsked then
        // Well ended, so that no engine starts it again.
        StandardOutput.line
            $"nothing is done: the study was cancelled before, which {asked.Mark} says; 'study retry' takes that away and goes on"
    else
        use source = CancellationTokenSource.CreateLinkedTokenSource cancellation
        use _ = asked.Watch source

        try
            StudyRunner(study.Spec, study.Store, hooks, source.Token, Claims = claims).Run()
        with :? OperationCanceledException when asked.IsAsked && not cancellation.IsCancellationRequested ->
            StandardOutput.line "cancelled; 'study retry' goes on from here"

// This program: the executable itself, or dotnet with the assembly.
let private program () =
    let path = nonNull Environment.ProcessPath

    if Path.GetFileNameWithoutExtension path = "dotnet" then
        path, [ nonNull (Reflection.Assembly.GetEntryAssembly()) |> _.Location ]
    else
        path, []

[<Literal>]
let private MostWorkers = 10_000

// Enough workers that one takes about half an hour, where the time is known.
let private workersFor (engine: WorkerEngine) (study: Study.Study) =
    let estimate = lazy StudyEstimate.Of(StudyStatus.Of(study.Spec, study.Store), null)

    match engine with
    | :? LocalEngine
    | :? ParallelEngine -> Environment.ProcessorCount
    | _ ->
        match Option.ofNullable estimate.Value.Remaining with
        | Some time -> WorkerOrder.WorkersFor time
        | None ->
            raise (
                SettingException
                    $"how many workers? Nothing is known of the time of a run yet: give 'workers N', or finish a run first"
            )

// Workers of a container or of a batch system are placed by that.
let private requireHosts (engine: WorkerEngine) (hosts: string) =
    match engine with
    | :? LocalEngine
    | :? SlurmEngine
    | :? KubernetesEngine ->
        raise (
            SettingException
                $"hosts is '{hosts}', but the engine {engine.Name} starts no workers over ssh; take engine parallel, or leave hosts out"
        )
    | _ -> HostsFile.Require hosts

// What earlier calls started, whatever the engine, and other programs still look after.
let private waiting (root: string) =
    WorkerEngine.Registry.All.Values
    |> Seq.choose (fun engine -> engine.Waiting root |> Option.ofObj)
    |> List.ofSeq

let private tellWaiting (root: string) =
    for line in waiting root do
        StandardOutput.line
            $"note: of an earlier submit, {line}: those workers and the new ones share what is missing, and no run is made twice; 'study cancel' ends all"

// Writes what workers read, and starts them.
let private start (study: Study.Study) (copy: string) (engine: WorkerEngine) (order: WorkerOrder) cancellation =
    OutFolder.Require study.Store.Root
    tellWaiting order.Root
    study.Store.BelongTo study.Spec
    // The study as it is now: changing the file does not change workers that start later.
    DurableFile.Write(copy, study.Spec.Text)
    StudyCancellation(order.Root).Withdraw()
    // Before anything starts, so that a closed output ends the command and not its workers.
    let workers = Counted.Of(int64 order.Command.Shards, "worker", "workers")
    StandardOutput.line $"{study.Spec.Name}: {workers} by {engine.Name}, folder {order.Root}"
    StandardOutput.line $"{engine.Submit(order, cancellation)}"

let private submit name words (cancellation: CancellationToken) =
    let engine, words = take "engine" "local" words
    let engine = WorkerEngine.Registry.Named engine
    let workers, words = take "workers" "" words
    let atOnce, words = take "atOnce" "" words
    let threads, words = number "threads" 1 words
    let memory, words = take "memory" "" words
    let minutes, words = minutesOf words
    let hosts, words = take "hosts" "" words
    let image, words = take "image" "robustmeta" words
    let claim, words = take "claim" "robustmeta-store" words
    // Read here, so that a mistake is told once and before anything starts.
    let study = StudyCommand.ofWordsAmong (StudyWords.ownOf "submit") name words

    let root = Path.GetFullPath study.Store.Root
    EngineWord.Require("the study", Study.fileOf name)
    EngineWord.Require("out", root)

    for word in hosts :: words do
        EngineWord.Require("a word", word)

    if hosts <> "" then
        requireHosts engine hosts

    let workers =
        if workers = "" then
            workersFor engine study
        else
            number "workers" 1 [ "workers"; workers ] |> fst

    if workers > MostWorkers then
        raise (SettingException $"workers is '{workers}'; expected at most {MostWorkers}")

    // More processes than processors on one machine only take its memory.
    let usual =
        match engine with
        | :? LocalEngine -> min workers Environment.ProcessorCount
        | _ -> workers

    let atOnce = if atOnce = "" then usual else number "atOnce" 1 [ "atOnce"; atOnce ] |> fst

    let memory =
        if memory = "" then
            Nullable()
        else
            Nullable(number "memory" 1 [ "memory"; memory ] |> fst)

    let file, before = program ()
    let copy = Path.Combine(root, nonNull (Path.GetFileName(Study.fileOf name)))
    let _, words = take "out" "" words
    let words = [ "study"; "work"; copy ] @ words @ [ "out"; root ]

    let order =
        WorkerOrder(
            WorkerCommand(file, Array.ofList words, workers, Before = Array.ofList before),
            root,
            study.Spec.Name,
            AtOnce = atOnce,
            Threads = threads,
            Memory = memory,
            Minutes = minutes,
            Hosts = (if hosts = "" then null else hosts),
            Image = image,
            Claim = claim,
            Say = StandardOutput.line
        )

    engine.Check order

    if StudyStatus.IsFinished(study.Spec, study.Store) then
        StandardOutput.line
            $"nothing is left to do: the study in {root} is finished, so no worker is started; 'study {name} report' writes its report"
    else
        start study copy engine order cancellation

let private cancel name words =
    let study = StudyCommand.ofWords name words
    let root = Path.GetFullPath study.Store.Root

    if not (Directory.Exists root) then
        raise (
            SettingException
                $"There is no folder {root}, so that no worker works there; name the folder of the study: out FOLDER"
        )

    OutFolder.Require root

    if StudyStatus.IsFinished(study.Spec, study.Store) && (waiting root).IsEmpty then
        StandardOutput.line $"nothing is left to cancel: the study in {root} is finished, and no worker works on it"
    else
        let isWorkedOn = study.Store.Leases(StudyShard(0, 1)).Held().Count > 0 || not (waiting root).IsEmpty
        let cancellation = StudyCancellation root
        // Also where no worker is seen: one that starts, or reads data, holds no lease yet.
        cancellation.Ask()

        for engine in WorkerEngine.Registry.All.Values do
            engine.Cancel root |> Option.ofObj |> Option.iter StandardOutput.line

        StandardOutput.line (
            if isWorkedOn then
                "running workers end as soon as they have saved; 'study retry' goes on from there"
            else
                $"no worker is seen at work in {root}; one that starts now or later ends at once, until 'study submit' or 'study retry' takes {cancellation.Mark} away"
        )

let private collect name words =
    let isAsked = List.contains "to" words
    let asked, words = take "to" "" words
    let study = StudyCommand.ofWordsAmong (StudyWords.ownOf "collect") name words

    let path =
        if not isAsked then
            Path.Combine(study.Store.Root, StudyCollection.FileName)
        else
            OutFile.Require(asked, "to")
            StudyCommand.requireEnding asked [ ".parquet" ] "the results as Parquet"
            asked

    let folder = Path.GetDirectoryName(Path.GetFullPath path) |> nonNull

    if Directory.Exists folder then
        OutFolder.Require(folder, (if isAsked then "to" else "out"))

    let coverage = StudyCoverage()
    StudyCollection.Write(study.Spec, study.Store, path, coverage) |> ignore

    let besides =
        if study.Spec.IsTuned then
            ", and the choices of tuning, whose runs are not counted"
        else
            ""

    StandardOutput.line $"written: {path}: {coverage.Runs}{besides}; 'study {name} report' reads it"
    StudyCommand.tellDamaged name coverage

let private counts name (text: string) =
    [ for word in text.Split(',', StringSplitOptions.TrimEntries) -> number name 1 [ name; word ] |> fst ]

// Beyond, the simulation itself takes minutes and gigabytes.
[<Literal>]
let private MostSimulated = 10_000_000

let private requireSimulable what (count: int64) =
    if count > int64 MostSimulated then
        raise (SettingException $"{count} {what} are too many to simulate; expected at most {MostSimulated}")

let private simulate name words =
    let nodes, words = take "nodes" "10,100,1000" words
    let cores, words = number "cores" 32 words
    let minutes, words = minutesOf words
    let runs, words = take "runs" "" words
    // Before anything is read: what is asked for is known here.
    let nodes = counts "nodes" nodes
    let asked = if runs = "" then None else Some(number "runs" 1 [ "runs"; runs ] |> fst)
    asked |> Option.iter (fun runs -> requireSimulable "runs" (int64 runs))

    for count in nodes do
        requireSimulable "workers" (int64 count * int64 cores)

    let study = StudyCommand.ofWordsAmong (StudyWords.ownOf "simulate") name words
    let measured = StudyEstimate.Seconds(StudyStatus.Of(study.Spec, study.Store))

    if measured.Count = 0 then
        raise (
            SettingException
                $"No run of this study is finished in {study.Store.Root}, so that no time is known to simulate with; run a part of it first."
        )

    let runs = Option.defaultValue measured.Count asked

    let seconds =
        if runs = measured.Count then
            measured
        else
            StudySimulation.Repeat(measured, runs)

    printf "%s" (ConsoleTable.text (WorkTables.simulation seconds nodes cores minutes))

/// Runs the verb with the words after it.
let execute (verb: string) (words: string list) (cancellation: CancellationToken) =
    match words with
    | [] -> raise (SettingException $"study {verb} needs the name of a study or a study file\n{usage}")
    | name :: rest ->
        match verb with
        | "work" -> work name rest cancellation
        | "cancel" -> cancel name rest
        | "simulate" -> simulate name rest
        | "collect" -> collect name rest
        | _ -> submit name rest cancellation
