module RobustMeta.Tests.Studies.WorkerTests

open System
open System.Diagnostics
open System.IO
open System.Text.Json
open System.Threading
open Expecto
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Studies.Search
open RobustMeta.Studies.Workers
open RobustMeta.Tests

let private patience = TimeSpan.FromSeconds 1.0

let private inFolder (action: string -> unit) =
    let root = Path.Combine(Path.GetTempPath(), $"leases-{Guid.NewGuid():N}")

    try
        action root
    finally
        if Directory.Exists root then
            Directory.Delete(root, true)

let private share root (shard: StudyShard) (pieces: StudyPiece seq) =
    StudyLeases(root, shard, patience).Share(pieces, null, CancellationToken.None)

[<Tests>]
let tests =
    testList
        "Workers"
        [
            testCase "two workers do every piece, each once, and leave no lease"
            <| fun () ->
                inFolder (fun root ->
                    let counts: int[] = Array.zeroCreate 20

                    let pieces () =
                        [
                            for i in 0..19 ->
                                StudyPiece(
                                    $"piece {i}",
                                    fun () ->
                                        // Doing it again when it is done costs little: as with runs.
                                        if Volatile.Read &counts[i] = 0 then
                                            Thread.Sleep 20
                                            Interlocked.Increment &counts[i] |> ignore
                                )
                        ]

                    let workers = [ for i in 0..1 -> Thread(fun () -> share root (StudyShard(i, 2)) (pieces ())) ]

                    workers |> List.iter _.Start()
                    workers |> List.iter _.Join()
                    Expect.equal (List.ofArray counts) (List.replicate 20 1) "each once"
                    Expect.isEmpty (Directory.GetFiles root) "no lease is left")

            testCase "the lease of a dead worker is taken over, that of a living one is not"
            <| fun () ->
                inFolder (fun root ->
                    Directory.CreateDirectory root |> ignore
                    File.WriteAllText(Path.Combine(root, "orphan.lease"), "dead 3")
                    let clock = Stopwatch.StartNew()
                    let mutable isDone = false
                    share root (StudyShard(0, 1)) [ StudyPiece("orphan", (fun () -> isDone <- true)) ]
                    Expect.isTrue isDone "done"
                    Expect.isGreaterThan clock.Elapsed patience "after waiting"

                    // Longer than the patience, but alive.
                    use begun = new ManualResetEventSlim()
                    let mutable times = 0

                    let piece =
                        StudyPiece(
                            "long",
                            fun () ->
                                if Interlocked.Increment &times = 1 then
                                    begun.Set()
                                    Thread.Sleep(3.0 * patience)
                        )

                    let first = Thread(fun () -> share root (StudyShard(0, 1)) [ piece ])
                    first.Start()
                    begun.Wait()
                    let wait = Stopwatch.StartNew()
                    share root (StudyShard(0, 1)) [ piece ]
                    Expect.isGreaterThan wait.Elapsed (2.0 * patience) "waited for it"
                    first.Join())

            testCase "shards are every so manieth piece, then those of the others"
            <| fun () ->
                let pieces = [| for i in 0..5 -> StudyPiece(string i, ignore) |]
                let order text = [ for piece in (StudyShard.Parse text).Order pieces -> piece.Name ]
                Expect.equal (order "1/3") [ "1"; "4"; "2"; "5"; "0"; "3" ] "second of three"

                for text in [ ""; "1"; "3/3"; "-1/3"; "a/b"; "1/3/5" ] do
                    Expect.throwsT<SettingException> (fun () -> StudyShard.Parse text |> ignore) text

            testCase "the Slurm script gives a worker its words unchanged, whatever they hold"
            <| fun () ->
                let words = [| "study"; "work"; "a b.toml"; "$(touch x)"; "it's"; "\"`;&|" |]
                let script = SlurmScript.Of(WorkerCommand("/bin/my prog", words, 24), "/logs", 4, 50)

                for line in [ "--array=0-23%4"; "--requeue"; "--signal=B:USR1@120"; "--time=50"; "--cpus-per-task=1" ] do
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

            testCase "the Kubernetes job runs the same worker, one index a shard"
            <| fun () ->
                let command = WorkerCommand("robustmeta", [| "study"; "work"; "overall" |], 8)

                use json =
                    JsonDocument.Parse(KubernetesManifest.Of("robustmeta-overall", "image:1", "store", command, 4))

                let spec = json.RootElement.GetProperty "spec"
                let text (name: string) (element: JsonElement) = element.GetProperty(name).ToString()

                Expect.equal
                    (text "apiVersion" json.RootElement, text "kind" json.RootElement)
                    ("batch/v1", "Job")
                    "kind"

                Expect.equal
                    (text "completionMode" spec, text "completions" spec, text "parallelism" spec)
                    ("Indexed", "8", "4")
                    "indexed"

                let pod = spec.GetProperty("template").GetProperty "spec"
                Expect.equal (text "restartPolicy" pod) "Never" "restart"
                let container = pod.GetProperty("containers")[0]

                Expect.equal
                    [ for word in container.GetProperty("args").EnumerateArray() -> word.GetString() ]
                    [ "study"; "work"; "overall"; "shard"; "$(JOB_COMPLETION_INDEX)/8" ]
                    "words"

                let rule = spec.GetProperty("podFailurePolicy").GetProperty("rules")[0]
                Expect.equal (text "action" rule) "FailIndex" "wrong input is not tried again"

            testCase "a study file names a tuner with its budget, and mistakes are told with their line"
            <| fun () ->
                let tuned =
                    (StudySample.altered
                        "tuned = \"lr\"\nvalues = [0.01, 0.02]"
                        "tuned = [\"lr\", \"batchSize\"]\ntuner = \"tpe\"\nbudget = 4")
                        .Replace(
                            "tuned = \"set\"\nvalues = [\"chi2 0.25\", \"chi2 0.5\"]",
                            "tuned = \"clip\"\ntuner = \"random\"\nbudget = 4"
                        )
                        .Replace("tuned = \"clip\"", "tuned = \"gamma\"")

                let study = StudySample.parse tuned
                let search = nonNull study.Methods[0].Tuned.Search
                Expect.equal search.Tuner "tpe" "tuner"
                Expect.equal search.Budget (SearchBudget(Runs = Nullable 4)) "budget"

                let refused (text: string) part =
                    let message =
                        try
                            StudySample.parse text |> ignore
                            ""
                        with :? SettingException as error ->
                            error.Message

                    Expect.stringContains message part "message"
                    Expect.stringContains message "my.toml:" "line"

                refused (tuned.Replace("\"tpe\"", "\"tpf\"")) "no tuner 'tpf'"
                refused (tuned.Replace("\"tpe\"\nbudget = 4", "\"tpe\"\nbudget = \"some\"")) "expected a number of runs"
                refused (tuned.Replace("tuner = \"tpe\"\n", "")) "'budget'"
                refused (tuned.Replace("\"batchSize\"]", "\"set\"]")) "declares no range"

            testCase "budgets are read in runs, epochs, minutes and hours"
            <| fun () ->
                Expect.equal (SearchBudget.Parse "30") (SearchBudget(Runs = Nullable 30)) "runs"
                Expect.equal (SearchBudget.Parse "300 epochs") (SearchBudget(Epochs = Nullable 300L)) "epochs"

                Expect.equal
                    (SearchBudget.Parse "2 hours")
                    (SearchBudget(Time = Nullable(TimeSpan.FromHours 2.0)))
                    "hours"

                for text in [ ""; "0"; "-1"; "3 days"; "x"; "1 2 3" ] do
                    Expect.throwsT<SettingException> (fun () -> SearchBudget.Parse text |> ignore) text
        ]
