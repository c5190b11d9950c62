/// Finished runs whose files were changed since: told wherever a study is looked at, never left out in silence.
module RobustMeta.Tests.Studies.DamageTests

open System
open System.IO
open System.Threading
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Scripts
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Studies.Collection
open RobustMeta.Studies.Workers
open RobustMeta.Tests

/// Two methods, two seeds, nothing tuned.
let private text =
    StudySample.text
        .Replace("tuned = \"weightDecay\"\nvalues = [0.0, 0.001]", "tuned = \"none\"")
        .Replace("tuned = \"lr\"\nvalues = [0.01, 0.02]", "tuned = \"none\"")
        .Replace("tuned = \"set\"\nvalues = [\"chi2 0.25\", \"chi2 0.5\"]", "tuned = \"none\"")

let private cut (run: string) =
    let users = Path.Combine(run, "users.csv")
    File.WriteAllBytes(users, (File.ReadAllBytes users)[..99])

let private runs (store: StudyStore) =
    Directory.GetDirectories(Path.Combine(store.Root, "runs"))
    |> Array.collect Directory.GetDirectories
    |> Array.sort

let private collected (spec: StudySpec) (store: StudyStore) =
    let coverage = StudyCoverage()
    let path = Path.Combine(store.Root, StudyCollection.FileName)
    Expect.equal (StudyCollection.Write(spec, store, path, coverage)) coverage.Finished "runs in the file"
    File.Delete path
    coverage

let private read (spec: StudySpec) (store: StudyStore) =
    let coverage = StudyCoverage()
    CellReader(spec, store, coverage).ReadAll() |> ignore
    coverage

let private inStudy (test: StudySpec -> StudyStore -> string -> unit) =
    TempFolder.within (fun root ->
        let file = Path.Combine(root, "mine.toml")
        File.WriteAllText(file, text)
        let study = Study.load file None (Some(Path.Combine(root, "out"))) []
        StudyRunner(study.Spec, study.Store, StudyHooks.Silent, CancellationToken.None).Run()
        test study.Spec study.Store file)

[<Tests>]
let tests =
    testSequenced
    <| testList
        "Damaged runs"
        [
            testCase "a run that was cut is counted and named by status, collect and report, and made again"
            <| fun () ->
                inStudy (fun spec store file ->
                    let hurt = (runs store)[1]
                    let whole = File.ReadAllBytes(Path.Combine(hurt, "users.csv"))
                    cut hurt
                    let status = StudyStatus.Of(spec, store)
                    let damaged = status.Runs |> Seq.filter (fun run -> run.State = RunState.Damaged) |> List.ofSeq
                    Expect.equal [ for run in damaged -> run.Folder ] [ hurt ] "that one"
                    Expect.stringContains (nonNull damaged.Head.Reason) "users.csv" "and what"
                    Expect.equal (status.Count RunState.Done) 3 "the others"
                    Expect.isFalse (StudyEstimate.Of(status).Remaining = Nullable TimeSpan.Zero) "time for it"

                    for coverage in [ collected spec store; read spec store ] do
                        Expect.equal coverage.Runs "3 of 4 runs" "how many"
                        Expect.equal (List.ofSeq coverage.Damaged.Keys) [ hurt ] "which"
                        Expect.stringContains coverage.Damaged[hurt] "users.csv" "why"

                    let remedy = $"'study {file} run' makes damaged runs again"

                    for verb, parts in
                        [
                            "status", [ "damaged: "; "users.csv is missing or is not what the run wrote" ]
                            "report", [ "reported: 3 of 4 runs"; hurt ]
                            "export", [ "of 3 of 4 runs"; hurt ]
                            "pack", [ "of 3 of 4 runs"; hurt ]
                            "collect", [ "3 of 4 runs; "; hurt ]
                        ] do
                        let words = if verb = "collect" then [ verb; file ] else [ file; verb ]
                        let code, told = CapturedCommand.run ([ "study" ] @ words @ [ "out"; store.Root ])
                        Expect.equal code 0 told

                        for part in remedy :: parts do
                            Expect.stringContains told part verb

                    Expect.stringContains
                        (File.ReadAllText(Path.Combine(store.Root, Study.ReportFile)))
                        (nonNull (Path.GetFileName hurt))
                        "the page names it"

                    File.Delete(Path.Combine(store.Root, StudyCollection.FileName))
                    StudyRunner(spec, store, StudyHooks.Silent, CancellationToken.None).Run()
                    Expect.equal (StudyStatus.Of(spec, store).Count RunState.Done) 4 "made again"
                    Expect.equal (File.ReadAllBytes(Path.Combine(hurt, "users.csv"))) whole "the same bytes"
                    Expect.isEmpty (collected spec store).Damaged "nothing is damaged")

            testCase "a change that keeps a file's size is seen where results are read"
            <| fun () ->
                inStudy (fun spec store _ ->
                    let hurt = (runs store)[0]
                    let facts = Path.Combine(hurt, "environment.json")
                    File.WriteAllText(facts, File.ReadAllText(facts).Replace('{', '['))
                    Expect.equal (List.ofSeq (collected spec store).Damaged.Keys) [ hurt ] "collect"
                    Expect.equal (List.ofSeq (read spec store).Damaged.Keys) [ hurt ] "report"

                    Expect.equal
                        (StudyStatus.Of(spec, store).Widths().Runs.Values |> Seq.sum)
                        4
                        "no status fails by it")

            testCase "a worker makes the damaged run of another shard again"
            <| fun () ->
                inStudy (fun spec store _ ->
                    // The piece of the second seed, which is worker 1's.
                    let hurt =
                        runs store |> Array.find (fun run -> (RunFolder.Open run).Spec.Seed = Seq.last spec.Seeds)

                    let whole = File.ReadAllBytes(Path.Combine(hurt, "users.csv"))
                    cut hurt
                    let claims = store.Leases(StudyShard(0, 2))
                    StudyRunner(spec, store, StudyHooks.Silent, CancellationToken.None, Claims = claims).Run()
                    Expect.equal (File.ReadAllBytes(Path.Combine(hurt, "users.csv"))) whole "made again")

            testCase "where all runs are damaged, it is said that there is nothing to collect, and why"
            <| fun () ->
                inStudy (fun spec store file ->
                    Array.iter cut (runs store)

                    let error =
                        Expect.throwsC (fun () -> StudyResults.RequireFinished(spec, store, "collect")) (fun error ->
                            error :?> SettingException)

                    Expect.stringContains error.Message $"Damaged: {(runs store)[0]}: users.csv" "the first"
                    let code, told = CapturedCommand.run [ "study"; file; "report"; "out"; store.Root ]
                    Expect.equal code 2 "nothing to report"

                    Expect.stringContains
                        told
                        $"nothing to report: no finished run of this study is in {store.Root}"
                        "why"

                    Expect.isFalse (File.Exists(Path.Combine(store.Root, Study.ReportFile))) "no report of nothing")

            testCase "a collected file that was cut is told with what makes it anew"
            <| fun () ->
                inStudy (fun spec store _ ->
                    let path = Path.Combine(store.Root, StudyCollection.FileName)
                    StudyCollection.Write(spec, store, path) |> ignore
                    File.WriteAllBytes(path, (File.ReadAllBytes path)[..999])

                    Expect.throwsC (fun () -> CellReader(spec, store).ReadAll() |> ignore) (fun error ->
                        Expect.isTrue (error :? DataFormatException) "kind"
                        Expect.stringContains error.Message "'study collect' writes the file anew" "remedy"))

            testCase "collect and cancel refuse a place that nothing can be written to, as the other verbs do"
            <| fun () ->
                if not (OperatingSystem.IsLinux()) then
                    skiptest "a folder that root cannot write to"

                inStudy (fun _ store file ->
                    // Empty, and not even root writes to it.
                    let place = "/proc/tty/ldisc"

                    for words in
                        [
                            [ "study"; "cancel"; file; "out"; place ]
                            [ "study"; "collect"; file; "out"; store.Root; "to"; $"{place}/all.parquet" ]
                        ] do
                        let code, told = CapturedCommand.run words
                        Expect.equal code 2 told
                        Expect.stringContains told "no folder that results can be written to" "says so"
                        Expect.isFalse (told.Contains ".part") "no name of a temporary file")
        ]
