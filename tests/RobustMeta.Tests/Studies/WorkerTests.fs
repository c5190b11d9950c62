module RobustMeta.Tests.Studies.WorkerTests

open System
open System.Diagnostics
open System.IO
open System.Threading
open Expecto
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Studies.Search
open RobustMeta.Studies.Workers
open RobustMeta.Tests

let private patience = TimeSpan.FromSeconds 1.0

/// Of a lease whose owner lives: longer, since a busy machine must not keep the owner from counting it up.
let private longPatience = TimeSpan.FromSeconds 3.0

/// A clock whose time of day can be set; its steady clock goes on.
type private JumpingClock() =
    inherit TimeProvider()
    let mutable shift = TimeSpan.Zero
    member _.Jump(by: TimeSpan) = shift <- shift + by
    override _.GetUtcNow() = DateTimeOffset.UtcNow + shift

let private inFolder (action: string -> unit) =
    let root = Path.Combine(Path.GetTempPath(), $"leases-{Guid.NewGuid():N}")

    try
        action root
    finally
        if Directory.Exists root then
            Directory.Delete(root, true)

let private shareWith patience root (shard: StudyShard) (pieces: StudyPiece seq) =
    StudyLeases(root, shard, patience).Share(pieces, null, CancellationToken.None)

let private share root = shareWith patience root

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
                                    Thread.Sleep(2.0 * longPatience)
                        )

                    let first = Thread(fun () -> shareWith longPatience root (StudyShard(0, 1)) [ piece ])
                    first.Start()
                    begun.Wait()
                    let wait = Stopwatch.StartNew()
                    shareWith longPatience root (StudyShard(0, 1)) [ piece ]
                    Expect.isGreaterThan wait.Elapsed (1.5 * longPatience) "waited for it"
                    first.Join())

            testCase "a clock that jumps gives no lease away"
            <| fun () ->
                inFolder (fun root ->
                    let clock = JumpingClock()
                    let lease shard = StudyLeases(root, shard, longPatience, clock)
                    let mutable times = 0
                    use begun = new ManualResetEventSlim()

                    let piece =
                        StudyPiece(
                            "long",
                            fun () ->
                                if Interlocked.Increment &times = 1 then
                                    begun.Set()
                                    Thread.Sleep(2.0 * longPatience)
                        )

                    let share shard = (lease shard).Share([ piece ], null, CancellationToken.None)
                    let first = Thread(fun () -> share (StudyShard(0, 2)))
                    first.Start()
                    begun.Wait()
                    clock.Jump(TimeSpan.FromDays 400.0)
                    let wait = Stopwatch.StartNew()
                    share (StudyShard(1, 2))
                    clock.Jump(TimeSpan.FromDays -4000.0)
                    Expect.isGreaterThan wait.Elapsed longPatience "waited for it"
                    first.Join())

            testCase
                "a lease of a dead process of this machine is taken over at once, and a piece of another that is done is passed over"
            <| fun () ->
                inFolder (fun root ->
                    // A lease as a worker leaves it that was killed: of a process that has ended.
                    use ended =
                        nonNull (Process.Start(ProcessStartInfo("dotnet", "--version", RedirectStandardOutput = true)))

                    ended.WaitForExit()
                    let mutable text = ""

                    share
                        root
                        (StudyShard(0, 1))
                        [ StudyPiece("own", (fun () -> text <- File.ReadAllText(Path.Combine(root, "own.lease")))) ]

                    let dead = text.Replace($".{Environment.ProcessId}.", $".{ended.Id}.")
                    Expect.notEqual dead text "named by the process"
                    File.WriteAllText(Path.Combine(root, "left.lease"), dead)
                    File.WriteAllText(Path.Combine(root, "alive.lease"), text)
                    let leases = StudyLeases(root, StudyShard(0, 1), TimeSpan.FromMinutes 1.0)
                    Expect.equal (List.ofSeq (leases.Held())) [ "alive" ] "nobody holds the other"
                    File.Delete(Path.Combine(root, "alive.lease"))
                    let clock = Stopwatch.StartNew()
                    let mutable done' = []

                    let piece name = StudyPiece(name, (fun () -> done' <- name :: done'), IsDone = (fun () -> true))
                    let minute = TimeSpan.FromMinutes 1.0
                    shareWith minute root (StudyShard(1, 2)) [ piece "other"; piece "left" ]
                    Expect.isLessThan clock.Elapsed minute "at once"
                    Expect.equal done' [ "left" ] "own alone is looked through again")

            testCase "a lease that names no owner keeps others waiting for a short time only"
            <| fun () ->
                inFolder (fun root ->
                    Directory.CreateDirectory root |> ignore
                    File.WriteAllText(Path.Combine(root, "empty.lease"), "")
                    let patience = TimeSpan.FromSeconds 16.0
                    let clock = Stopwatch.StartNew()
                    let mutable isDone = false
                    shareWith patience root (StudyShard(0, 1)) [ StudyPiece("empty", (fun () -> isDone <- true)) ]
                    Expect.isTrue isDone "done"
                    Expect.isLessThan clock.Elapsed patience "before an owner's time is over")

            testCase "a lease that is damaged or taken over while its piece is done ends no worker and is told once"
            <| fun () ->
                inFolder (fun root ->
                    let lease = Path.Combine(root, "piece.lease")

                    let during (change: string -> string) =
                        let told = ResizeArray<string>()
                        let mutable after = ""

                        let piece =
                            StudyPiece(
                                "piece",
                                fun () ->
                                    File.WriteAllText(lease, change (File.ReadAllText(lease).Split(' ')[0]))
                                    Thread.Sleep(1.5 * patience)
                                    after <- File.ReadAllText lease
                            )

                        StudyLeases(root, StudyShard(0, 1), patience, Tell = Action<string>(fun line -> told.Add line))
                            .Share([ piece ], null, CancellationToken.None)

                        List.ofSeq told, after

                    let told, after = during (fun owner -> $"{owner} xyz")
                    Expect.stringContains (List.exactlyOne told) "it was damaged" "a count that is none"
                    Expect.isTrue (fst (Int64.TryParse(after.Split(' ')[1]))) "written anew"
                    Expect.isFalse (File.Exists lease) "given back"

                    let told, _ = during (fun _ -> "")
                    Expect.stringContains (List.exactlyOne told) "it was damaged" "no owner"
                    File.Delete lease

                    let told, after = during (fun _ -> "another 7")
                    Expect.stringContains (List.exactlyOne told) "another worker" "taken over"
                    Expect.equal after "another 7" "and left to it"
                    Expect.isTrue (File.Exists lease) "the other's")

            testCase "a folder in the place of a lease is told, not waited for"
            <| fun () ->
                inFolder (fun root ->
                    Directory.CreateDirectory(Path.Combine(root, "piece.lease")) |> ignore

                    Expect.throwsC
                        (fun () -> share root (StudyShard(0, 1)) [ StudyPiece("piece", ignore) ])
                        (fun error -> Expect.stringContains error.Message "piece.lease cannot be written" "place"))

            testCase "shards are every so manieth piece, then those of the others"
            <| fun () ->
                let pieces = [| for i in 0..5 -> StudyPiece(string i, ignore) |]
                let order text = [ for piece in (StudyShard.Parse text).Order pieces -> piece.Name ]
                Expect.equal (order "1/3") [ "1"; "4"; "2"; "5"; "0"; "3" ] "second of three"

                for text in [ ""; "1"; "3/3"; "-1/3"; "a/b"; "1/3/5" ] do
                    Expect.throwsT<SettingException> (fun () -> StudyShard.Parse text |> ignore) text

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

                for text, time in
                    [
                        "1 minute", TimeSpan.FromMinutes 1.0
                        "20 minutes", TimeSpan.FromMinutes 20.0
                        "1 hour", TimeSpan.FromHours 1.0
                        "90 seconds", TimeSpan.FromSeconds 90.0
                    ] do
                    Expect.equal (SearchBudget.Parse text) (SearchBudget(Time = Nullable time)) text

                Expect.equal (SearchBudget.Parse "1 epoch") (SearchBudget(Epochs = Nullable 1L)) "one epoch"
                Expect.equal (SearchBudget.Parse "1 run") (SearchBudget(Runs = Nullable 1)) "one run"
                Expect.equal (SearchBudget.Parse "1 minute").Title "1 minute" "in words"
                Expect.equal (SearchBudget.Parse "90 seconds").Title "90 seconds" "no whole minutes"

                for text in [ ""; "0"; "-1"; "3 days"; "x"; "1 2 3"; "-1 minutes"; "0 hours"; "1.5 hours" ] do
                    Expect.throwsT<SettingException> (fun () -> SearchBudget.Parse text |> ignore) text
        ]
