module RobustMeta.Tests.Studies.EngineScriptTests

open System
open System.Diagnostics
open System.IO
open System.Threading
open Expecto
open k8s
open k8s.Models
open RobustMeta.Settings
open RobustMeta.Studies.Workers
open RobustMeta.Tests

let private order command atOnce =
    WorkerOrder(
        command,
        "/shared/my study",
        "my study",
        AtOnce = atOnce,
        Threads = 2,
        Memory = Nullable 500,
        Minutes = 50
    )

let private kubernetes () =
    let words = [| "study"; "work"; "/shared/my study/a.toml"; "userNum"; "5"; "out"; "/shared/my study" |]
    let command = WorkerCommand("/usr/bin/dotnet", words, 8, Before = [| "/opt/RobustMeta.Scripts.dll" |])
    KubernetesJson.Deserialize<V1Job>(KubernetesManifest.Of(order command 4), null)

/// What bash makes of the script's words in the task of number 7.
let private wordsOf (script: string) =
    let text = script[.. script.IndexOf "\ntrap"] + "printf '%s\\n' \"${work[@]}\"\n"
    let info = ProcessStartInfo("bash", RedirectStandardOutput = true)
    info.ArgumentList.Add "-c"
    info.ArgumentList.Add text
    info.Environment["SLURM_ARRAY_TASK_ID"] <- "7"
    use bash = nonNull (Process.Start info)
    let lines = bash.StandardOutput.ReadToEnd().TrimEnd('\n').Split '\n'
    bash.WaitForExit()
    List.ofArray lines

/// Words in which engines would replace something if they read them.
let private oddWords =
    [
        "par{#}x"
        "{}"
        "{.}/{/} {%} {1} {= $_ = 2 =}"
        ":::"
        "::::"
        "$(NAME) $$(NAME) $HOME"
        "'@/x"
        "@/y"
        ""
        " a  b "
        "it's \"`;&|\\"
    ]

let private nameOf study =
    let order = WorkerOrder(WorkerCommand("p", [| "study" |], 10000), "/shared", study)
    KubernetesJson.Deserialize<V1Job>(KubernetesManifest.Of order, null).Metadata.Name

let private messageOf (action: unit -> unit) =
    try
        action ()
        ""
    with :? SettingException as error ->
        error.Message

let private isInstalled (program: string) =
    (nonNull (Environment.GetEnvironmentVariable "PATH")).Split ':'
    |> Array.exists (fun folder -> File.Exists(Path.Combine(folder, program)))

[<Tests>]
let tests =
    testList
        "Worker engines"
        [
            testCase "the Slurm script gives a worker its words unchanged, whatever they hold"
            <| fun () ->
                let words = [| "study"; "work"; "a b.toml"; "$(touch x)"; "it's"; "\"`;&|" |]
                let script = SlurmScript.Of(order (WorkerCommand("/bin/my prog", words, 24)) 4)

                for line in
                    [
                        "--array=0-23%4"
                        "--requeue"
                        "--signal=B:USR1@120"
                        "--time=50"
                        "--cpus-per-task=2"
                        "--mem=500M"
                    ] do
                    Expect.stringContains script $"#SBATCH {line}\n" line

                if OperatingSystem.IsLinux() then
                    Expect.equal
                        (wordsOf script)
                        ([ "/bin/my prog" ] @ List.ofArray words @ [ "shard"; "7/24" ])
                        "words"

                    let odd = SlurmScript.Of(order (WorkerCommand("/bin/@/x", Array.ofList oddWords, 24)) 4)

                    Expect.equal
                        (wordsOf odd)
                        ([ "/bin/@/x" ] @ oddWords @ [ "shard"; "7/24" ])
                        "the index is put in once"

            testCase "paths reach sbatch as words, and the Slurm script holds none of them"
            <| fun () ->
                let command = WorkerCommand("/bin/p", [| "study" |], 2)
                let odd = WorkerOrder(command, "/shared/50%a x\ntouch owned\n", "s")
                Expect.isFalse ((SlurmScript.Of odd).Contains "owned") "not in the script"

                Expect.equal
                    (List.ofSeq (SlurmEngine.Words odd))
                    [
                        "--parsable"
                        "--output=/shared/50%%a x\ntouch owned\n/logs/%A_%a.log"
                        "/shared/50%a x\ntouch owned\n/workers.sbatch"
                    ]
                    "words, a sign of percent doubled as Slurm has it"

                let back = WorkerOrder(command, "/shared/a\\b", "s")
                Expect.stringContains (messageOf (fun () -> SlurmEngine().Check back)) "backslash" "refused"

                let hasty = WorkerOrder(command, "/shared/a", "s", Minutes = 1)
                Expect.stringContains (messageOf (fun () -> SlurmEngine().Check hasty)) "at least 5" "no time to work"

            testCase "control characters in what engines hand on are refused"
            <| fun () ->
                for word in [ "/a\ntouch owned"; "a\tb"; "a\u001bb"; "a\u0085b" ] do
                    let message = messageOf (fun () -> EngineWord.Require("out", word))
                    Expect.stringStarts message "out is '" word
                    Expect.stringContains message "control character U+" word
                    Expect.isFalse (Seq.exists Char.IsControl message) "told in one line"

                EngineWord.Require("out", "/a b/é{#} %a \\ $(x)'\"")

            testCase "the Kubernetes manifest is an Indexed Job to the client's own classes"
            <| fun () ->
                let job = kubernetes ()
                Expect.equal (job.ApiVersion, job.Kind) ("batch/v1", "Job") "kind"
                Expect.equal job.Metadata.Name (nameOf "my study") "a name that Kubernetes takes"
                Expect.stringStarts job.Metadata.Name "robustmeta-my-study-" "like the study's"
                Expect.equal job.Spec.CompletionMode "Indexed" "indexed"
                Expect.equal (job.Spec.Completions.Value, job.Spec.Parallelism.Value) (8, 4) "workers"
                Expect.equal (job.Spec.BackoffLimitPerIndex.Value, job.Spec.MaxFailedIndexes.Value) (3, 8) "restarts"
                let pod = job.Spec.Template.Spec
                Expect.equal pod.RestartPolicy "Never" "an Indexed Job restarts by index"
                let work = Seq.exactlyOne pod.Containers

                Expect.equal
                    (List.ofSeq work.Args)
                    [
                        "study"
                        "work"
                        "/store/a.toml"
                        "userNum"
                        "5"
                        "out"
                        "/store"
                        "shard"
                        "$(JOB_COMPLETION_INDEX)/8"
                    ]
                    "the same worker, on the volume"

                Expect.equal (List.ofSeq work.Command) [ "robustmeta" ] "program of the image"

                Expect.equal
                    [ for variable in work.Env -> variable.Name, variable.Value ]
                    [ "OMP_NUM_THREADS", "2"; "ROBUSTMETA_THREADS", "2" ]
                    "threads"

                Expect.equal (work.Resources.Requests["cpu"].ToString()) "2" "cores"
                Expect.equal (work.Resources.Limits["memory"].ToString()) "500Mi" "memory"
                let volume = Seq.exactlyOne pod.Volumes
                Expect.equal (Seq.exactlyOne work.VolumeMounts).Name volume.Name "the volume is the container's"
                Expect.equal volume.PersistentVolumeClaim.ClaimName "robustmeta-store" "claim"
                let rules = job.Spec.PodFailurePolicy.Rules

                Expect.equal
                    (rules[0].Action, List.ofSeq rules[0].OnExitCodes.Values)
                    ("FailIndex", [ 2 ])
                    "wrong input"

                Expect.equal
                    (Seq.exactlyOne rules[1].OnPodConditions).Type
                    "DisruptionTarget"
                    "evictions are not charged"

            testCase "Kubernetes replaces nothing in a worker's words but its index"
            <| fun () ->
                let words = Array.append (Array.ofList oddWords) [| "/shared/my study/$(A)" |]
                let text = KubernetesManifest.Of(order (WorkerCommand("p", words, 8)) 4)
                let pod = KubernetesJson.Deserialize<V1Job>(text, null).Spec.Template.Spec
                let args = List.ofSeq (Seq.exactlyOne pod.Containers).Args

                // As Kubernetes expands them: two dollars are one, a known name in brackets is its value.
                let expand (word: string) =
                    Text.RegularExpressions.Regex.Replace(
                        word,
                        @"\$\$|\$\((\w+)\)",
                        fun m -> if m.Value = "$$" then "$" else $"value of {m.Groups[1].Value}"
                    )

                Expect.equal
                    (List.map expand args)
                    (oddWords @ [ "/store/$(A)"; "shard"; "value of JOB_COMPLETION_INDEX/8" ])
                    "words"

            testCase "a study of any name has a job that Kubernetes takes, each its own"
            <| fun () ->
                let studies =
                    [ "overall"; "my study"; "my-study"; "My-study"; "é"; "è"; "-"; "a-"; "---x---"; "映画" ]
                    @ [
                        String('a', 47)
                        String('a', 48)
                        String('a', 80)
                        String('a', 80) + "b"
                        String('-', 33) + "b"
                    ]

                let names = List.map nameOf studies
                Expect.equal (List.distinct names) names "each its own"
                Expect.equal (nameOf "overall") "robustmeta-overall" "as the study where that may be"

                for name in names do
                    // The host name of the last of 10,000 workers.
                    Expect.isMatch $"{name}-9999" "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" name
                    Expect.isMatch name "[a-z0-9]$" name

            testCase "nothing of the Kubernetes manifest is unknown to the client's classes"
            <| fun () ->
                // What the classes do not know is lost when they write it again.
                let rec paths prefix (element: Text.Json.JsonElement) =
                    match element.ValueKind with
                    | Text.Json.JsonValueKind.Object ->
                        [
                            for p in element.EnumerateObject() do
                                yield! paths $"{prefix}/{p.Name}" p.Value
                        ]
                    | Text.Json.JsonValueKind.Array ->
                        [
                            for item in element.EnumerateArray() do
                                yield! paths $"{prefix}[]" item
                        ]
                    | _ -> [ $"{prefix} = {element}" ]

                let command = WorkerCommand("dotnet", [| "study"; "work"; "overall" |], 8)
                let text = KubernetesManifest.Of(order command 4)
                use written = Text.Json.JsonDocument.Parse text

                use again =
                    Text.Json.JsonDocument.Parse(
                        KubernetesJson.Serialize(KubernetesJson.Deserialize<V1Job>(text, null))
                    )

                Expect.isEmpty (List.except (paths "" again.RootElement) (paths "" written.RootElement)) "lost"

            testCase "GNU parallel is given words and not a text, on this machine or over ssh"
            <| fun () ->
                let command = WorkerCommand("/bin/my prog", [| "study"; "work"; "a b.toml" |], 2)
                let local = List.ofSeq (ParallelEngine.Words(order command 1))
                let values = local |> List.skipWhile ((<>) "env")
                Expect.equal values[..2] [ "env"; ":::"; "OMP_NUM_THREADS=2" ] "its command is env alone"

                Expect.equal
                    (values |> List.skipWhile ((<>) "/bin/my prog") |> List.filter ((<>) ":::"))
                    [ "/bin/my prog"; "study"; "work"; "a b.toml"; "shard"; "0/2"; "1/2" ]
                    "words"

                let hosts = WorkerOrder(command, "/shared", "s", Hosts = "/etc/hosts")
                Expect.contains (ParallelEngine.Words hosts) "--sshloginfile" "hosts"

            testCase "GNU parallel replaces nothing in a worker's words"
            <| fun () ->
                if not (isInstalled "parallel") then
                    skiptest "parallel is not installed"

                TempFolder.within (fun folder ->
                    let program = Path.Combine(folder, "a=b {#}")
                    File.WriteAllText(program, "#!/bin/sh\npwd\nprintf '<%s>\\n' \"$@\"\n")
                    File.SetUnixFileMode(program, UnixFileMode.UserRead ||| UnixFileMode.UserExecute)
                    let root = Path.Combine(folder, "50% {#} {}")
                    Directory.CreateDirectory root |> ignore
                    let order = WorkerOrder(WorkerCommand(program, Array.ofList oddWords, 2), root, "s", AtOnce = 1)
                    let info = ProcessStartInfo("parallel", ParallelEngine.Words order, RedirectStandardOutput = true)
                    use run = nonNull (Process.Start info)
                    let text = run.StandardOutput.ReadToEnd()
                    run.WaitForExit()
                    Expect.equal run.ExitCode 0 "ended well"

                    Expect.equal
                        (List.ofArray (text.TrimEnd('\n').Split '\n'))
                        [
                            for i in 0..1 do
                                Environment.CurrentDirectory
                                yield! [ for word in oddWords @ [ "shard"; $"{i}/2" ] -> $"<{word}>" ]
                        ]
                        "words of both workers"

                    Expect.isTrue (File.Exists(Path.Combine(root, "parallel.log"))) "its log")

            testCase "the commands that Kubernetes users copy hold the path as one word"
            <| fun () ->
                TempFolder.within (fun folder ->
                    for name, shown in [ "plain", id; "a b's $X", (fun path -> $"""'{path.Replace("'", "'\\''")}'""") ] do
                        let root = Path.Combine(folder, name)
                        Directory.CreateDirectory root |> ignore
                        let order = WorkerOrder(WorkerCommand("p", [| "study" |], 2), root, "s")
                        let path = shown (Path.Combine(root, "workers.json"))
                        let engine = KubernetesEngine()

                        Expect.stringEnds
                            (engine.Submit(order, CancellationToken.None))
                            $"kubectl apply -f {path}"
                            "apply"

                        Expect.stringEnds (nonNull (engine.Cancel root)) $"kubectl delete -f {path}" "delete")

            testCase "a local worker that fails is told and started again, unless nothing can be told"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let failing (file: string) (say: string -> unit) =
                        let words = [| "-c"; "echo x >> \"$0\"; exit 1"; file |]

                        let order =
                            WorkerOrder(WorkerCommand("sh", words, 1), folder, "s", Say = (fun line -> say line))

                        Expect.throwsC
                            (fun () -> (LocalEngine()).Submit(order, CancellationToken.None) |> ignore)
                            (fun error -> error.Message, File.ReadAllLines(file).Length)

                    let told = ResizeArray<string>()
                    let message, starts = failing (Path.Combine(folder, "told")) told.Add
                    Expect.stringContains message "1 of 1 workers failed" "at the end"
                    Expect.equal starts 3 "three times in all"

                    Expect.equal
                        (List.ofSeq told)
                        (List.replicate 2 "worker 0 ended with code 1; it is started again")
                        "each"

                    let message, starts =
                        failing (Path.Combine(folder, "closed")) (fun _ -> raise (IOException "output is closed"))

                    Expect.stringContains message "output is closed" "why"
                    Expect.equal starts 1 "not again")

            testCase "an engine of one's own is named like the others, and an unknown one is told"
            <| fun () ->
                Expect.equal
                    (List.ofSeq WorkerEngine.Registry.All.Keys)
                    [ "kubernetes"; "local"; "parallel"; "slurm" ]
                    "those of the library"

                let message =
                    try
                        WorkerEngine.Registry.Named "slrm" |> ignore
                        ""
                    with :? SettingException as error ->
                        error.Message

                Expect.stringContains message "slurm" "nearest"
                Expect.equal (WorkerOrder.WorkersFor(TimeSpan.FromHours 24.0)) 48 "half an hour each"
                Expect.equal (WorkerOrder.WorkersFor TimeSpan.Zero) 1 "one at least"

            testCase "a watch over nothing is refused where it is asked for, not on a timer's thread"
            <| fun () ->
                let watch () =
                    (StudyCancellation "nowhere").Watch(Unchecked.defaultof<CancellationTokenSource>) |> ignore

                Expect.throwsT<ArgumentNullException> watch "source"

            testCase "asking to cancel reaches a worker that watches, until it is taken back"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let asked = StudyCancellation folder
                    use source = new CancellationTokenSource()
                    use _ = asked.Watch source
                    Expect.isFalse asked.IsAsked "not asked"
                    asked.Ask()
                    Expect.isTrue (source.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds 30.0)) "cancelled"
                    asked.Withdraw()
                    Expect.isFalse (File.Exists(Path.Combine(folder, "cancelled"))) "taken back")
        ]
