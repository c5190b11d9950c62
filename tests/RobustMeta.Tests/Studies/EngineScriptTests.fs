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

[<Tests>]
let tests =
    testList
        "Worker engines"
        [
            testCase "the Slurm script gives a worker its words unchanged, whatever they hold"
            <| fun () ->
                let words = [| "study"; "work"; "a b.toml"; "$(touch x)"; "it's"; "\"`;&|" |]
                let script = SlurmScript.Of(order (WorkerCommand("/bin/my prog", words, 24)) 4, "/logs")

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
                    let text = script[.. script.IndexOf "\ntrap"] + "printf '%s\\n' \"${work[@]}\"\n"
                    let info = ProcessStartInfo("bash", RedirectStandardOutput = true)
                    info.ArgumentList.Add "-c"
                    info.ArgumentList.Add text
                    info.Environment["SLURM_ARRAY_TASK_ID"] <- "7"
                    use bash = nonNull (Process.Start info)
                    let lines = bash.StandardOutput.ReadToEnd().TrimEnd('\n').Split '\n'
                    bash.WaitForExit()

                    Expect.equal
                        (List.ofArray lines)
                        ([ "/bin/my prog" ] @ List.ofArray words @ [ "shard"; "7/24" ])
                        "words"

            testCase "the Kubernetes manifest is an Indexed Job to the client's own classes"
            <| fun () ->
                let job = kubernetes ()
                Expect.equal (job.ApiVersion, job.Kind) ("batch/v1", "Job") "kind"
                Expect.equal job.Metadata.Name "robustmeta-my-study" "a name that Kubernetes takes"
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
                Expect.equal local[..2] [ "-q"; "--jobs"; "1" ] "quoted by parallel itself"

                Expect.equal
                    (local |> List.skipWhile ((<>) "env"))
                    [
                        yield! [ "env"; "OMP_NUM_THREADS=2"; "ROBUSTMETA_THREADS=2"; "/bin/my prog"; "study"; "work" ]
                        yield! [ "a b.toml"; "shard"; "{}/2"; ":::"; "0"; "1" ]
                    ]
                    "words"

                let hosts = WorkerOrder(command, "/shared", "s", Hosts = "/etc/hosts")
                Expect.contains (ParallelEngine.Words hosts) "--sshloginfile" "hosts"

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
