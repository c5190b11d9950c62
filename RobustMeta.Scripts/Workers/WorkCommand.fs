/// `study work|submit|cancel|collect NAME|FILE …`: a study in many processes, on one machine or several.
module RobustMeta.Scripts.WorkCommand

open System
open System.Diagnostics
open System.IO
open System.Threading
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Studies.Workers

let private usage =
    "study work NAME|FILE shard I/N … | study submit NAME|FILE engine local|parallel|slurm|kubernetes [workers N] [atOnce N] "
    + "[minutes N] [image NAME] [claim NAME] … | study retry … (as submit) | study cancel NAME|FILE | study collect NAME|FILE"

/// Whether a word after `study` is one of the verbs of this module.
let isVerb (word: string) = List.contains word [ "work"; "submit"; "retry"; "cancel"; "collect" ]

// Takes `name value` out of the words.
let rec private take name fallback (words: string list) =
    match words with
    | key :: value :: rest when key = name -> value, rest
    | word :: rest ->
        let value, others = take name fallback rest
        value, word :: others
    | [] -> fallback, []

let private number name fallback words =
    let text, rest = take name (string fallback) words

    match Int32.TryParse(text, Globalization.CultureInfo.InvariantCulture) with
    | true, value when value > 0 -> value, rest
    | _ -> raise (SettingException $"{name} is '{text}'; expected a positive integer\n{usage}")

let private work name words (cancellation: CancellationToken) =
    let shard, words = take "shard" "" words
    let study = StudyCommand.ofWords name words
    let hooks = StudyHooks(Say = (fun line -> printfn $"{line}"))
    let claims = study.Store.Leases(StudyShard.Parse shard)
    StudyRunner(study.Spec, study.Store, hooks, cancellation, Claims = claims).Run()

// This program: the executable itself, or dotnet with the assembly.
let private program () =
    let path = nonNull Environment.ProcessPath

    if Path.GetFileNameWithoutExtension path = "dotnet" then
        path, [ nonNull (Reflection.Assembly.GetEntryAssembly()) |> _.Location ]
    else
        path, []

let private start (file: string) (words: string seq) (output: bool) =
    let info = ProcessStartInfo(file, RedirectStandardOutput = output)

    for word in words do
        info.ArgumentList.Add word

    // One thread a worker, unless told otherwise.
    if isNull (Environment.GetEnvironmentVariable "OMP_NUM_THREADS") then
        info.Environment["OMP_NUM_THREADS"] <- "1"

    try
        nonNull (Process.Start info)
    with :? ComponentModel.Win32Exception ->
        raise (SettingException $"'{file}' is not on this machine; install it, or choose another engine")

// Starts a worker again that died; one whose input is wrong would fail again.
let rec private keep (command: WorkerCommand) index attempts (cancellation: CancellationToken) =
    use worker = start command.Program (command.Of(string index)) false
    worker.WaitForExit()

    match worker.ExitCode with
    | 0
    | 2
    | 130 -> worker.ExitCode
    | code when attempts <= 1 || cancellation.IsCancellationRequested -> code
    | _ -> keep command index (attempts - 1) cancellation

let private local (command: WorkerCommand) (atOnce: int) (cancellation: CancellationToken) =
    let codes = Array.zeroCreate command.Shards
    use free = new SemaphoreSlim(atOnce)

    let threads =
        [
            for index in 0 .. command.Shards - 1 ->
                Thread(fun () ->
                    free.Wait()

                    try
                        codes[index] <- keep command index 3 cancellation
                    finally
                        free.Release() |> ignore)
        ]

    threads |> List.iter _.Start()
    threads |> List.iter _.Join()

    match codes |> Array.filter ((<>) 0) with
    | [||] -> ()
    | failed ->
        raise (IOException $"{failed.Length} of {command.Shards} workers failed; 'study retry' starts them again")

let private parallelly (command: WorkerCommand) (atOnce: int) (root: string) =
    let log = Path.Combine(root, "parallel.log")

    let words =
        [ "-q"; "--jobs"; string atOnce; "--retries"; "3"; "--joblog"; log; command.Program ]
        @ List.ofSeq (command.Of "{}")
        @ [ ":::" ]
        @ [ for index in 0 .. command.Shards - 1 -> string index ]

    use run = start "parallel" words false
    run.WaitForExit()

    if run.ExitCode <> 0 then
        raise (
            IOException
                $"not all of {command.Shards} workers ended well (code {run.ExitCode}; {log} lists them); 'study retry' starts them again"
        )

let private jobFile root = Path.Combine(root, "slurm-job")

let private slurm (command: WorkerCommand) (atOnce: int) (minutes: int) (root: string) =
    let logs = Path.Combine(root, "logs")
    Directory.CreateDirectory logs |> ignore
    let script = Path.Combine(root, "workers.sbatch")
    CsvText.Write(script, SlurmScript.Of(command, logs, atOnce, minutes))
    use run = start "sbatch" [ "--parsable"; script ] true
    let job = run.StandardOutput.ReadToEnd().Trim()
    run.WaitForExit()

    if run.ExitCode <> 0 || job = "" || not (Seq.forall Char.IsAsciiDigit job) then
        raise (IOException $"sbatch did not take {script} (code {run.ExitCode}): {job}")

    CsvText.Write(jobFile root, job)
    printfn $"job {job}: {command.Shards} workers; 'study NAME status' tells how far they are"

let private submit name words (cancellation: CancellationToken) =
    let engine, words = take "engine" "local" words
    let workers, words = number "workers" Environment.ProcessorCount words
    let atOnce, words = number "atOnce" workers words
    let minutes, words = number "minutes" 60 words
    let image, words = take "image" "robustmeta" words
    let claim, words = take "claim" "robustmeta-store" words
    // Read here, so that a mistake is told once and before anything starts.
    let study = StudyCommand.ofWords name words
    let root = Path.GetFullPath study.Store.Root
    Directory.CreateDirectory root |> ignore
    let file, before = program ()
    let studyFile = Path.GetFullPath(Study.fileOf name)
    let command = WorkerCommand(file, before @ [ "study"; "work"; studyFile ] @ words |> Array.ofList, workers)

    match engine with
    | "local" -> local command atOnce cancellation
    | "parallel" -> parallelly command atOnce root
    | "slurm" -> slurm command atOnce minutes root
    | "kubernetes" ->
        let path = Path.Combine(root, "workers.json")
        let inside = WorkerCommand("robustmeta", [| "study"; "work"; name; yield! words; "out"; "/store" |], workers)
        let job = $"robustmeta-{study.Spec.Name.ToLowerInvariant()}"
        CsvText.Write(path, KubernetesManifest.Of(job, image, claim, inside, atOnce))
        printfn $"written: {path}; start it with: kubectl apply -f {path}"
    | other ->
        let known = [ "local"; "parallel"; "slurm"; "kubernetes" ]
        let names = String.Join(", ", known)
        raise (SettingException $"There is no engine '{other}'{NearestName.End(other, known)} Engines: {names}")

let private cancel name words =
    let root = Path.GetFullPath (StudyCommand.ofWords name words).Store.Root

    if not (File.Exists(jobFile root)) then
        raise (SettingException $"{root} has no Slurm job; local workers are ended with Ctrl+C where they were started")

    let job = File.ReadAllText(jobFile root).Trim()

    if not (Seq.forall Char.IsAsciiDigit job) then
        raise (IOException $"{jobFile root} holds '{job}', which is no job number")

    use run = start "scancel" [ job ] false
    run.WaitForExit()
    printfn $"job {job} is cancelled; 'study retry' goes on from where it was"

/// Runs the verb with the words after it.
let execute (verb: string) (words: string list) (cancellation: CancellationToken) =
    match words with
    | [] -> raise (SettingException $"study {verb} needs the name of a study or a study file\n{usage}")
    | name :: rest ->
        match verb with
        | "work" -> work name rest cancellation
        | "cancel" -> cancel name rest
        | "collect" -> StudyCommand.execute (name :: rest @ [ "export" ]) cancellation
        | _ -> submit name rest cancellation
