module RobustMeta.Tests.Studies.SearchStudyTests

open System
open System.IO
open System.Threading
open Expecto
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Studies.Workers
open RobustMeta.Tests

/// A study whose first stage is searched.
let private searched tuner budget (more: string) =
    let text =
        (StudySample.altered
            "tuned = \"weightDecay\"\nvalues = [0.0, 0.001]"
            $"tuned = [\"lr\", \"batchSize\"]\ntuner = \"{tuner}\"\nbudget = {budget}\n{more}")
            .Replace("tuned = \"lr\"\nvalues = [0.01, 0.02]", "tuned = \"none\"")
            .Replace("tuned = \"set\"\nvalues = [\"chi2 0.25\", \"chi2 0.5\"]", "tuned = \"none\"")
            .Replace("epoch = 3", "epoch = 9")
            .Replace("baselines = \"bias,EASE\"", "baselines = \"none\"")

    StudySample.parse text

let private key (spec: StudySpec) = TuningKey(spec.Cells[0], null)

let private runnerOf root (spec: StudySpec) =
    StudyRunner(spec, StudyStore root, StudyHooks.Silent, CancellationToken.None)

let private files (root: string) =
    [
        for file in Directory.GetFiles(Path.Combine(root, "runs"), "*", SearchOption.AllDirectories) |> Array.sort do
            if Path.GetFileName file <> "timing.csv" then
                Path.GetRelativePath(root, file), Convert.ToHexString(File.ReadAllBytes file)
    ]

[<Tests>]
let tests =
    testList
        "Search in studies"
        [
            testCase "promoted candidates go on from their rung, to the bytes of training from the start"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let spec = searched "asha" "8" ""
                    let root = Path.Combine(folder, "rungs")
                    let tuning = (runnerOf root spec).Tune(key spec)

                    Expect.isFalse
                        (Directory.Exists(Path.Combine(root, "rungs")))
                        "states are deleted with the decision"

                    // Every run again, alone and from the start.
                    let alone = Path.Combine(folder, "alone")
                    let store = StudyStore alone
                    let runner = runnerOf alone spec

                    for path in
                        Directory.GetDirectories(Path.Combine(root, "runs"), "*-*", SearchOption.AllDirectories) do
                        runner.RunOne(RobustMeta.Experiments.RunFolder.Open(path).Spec) |> ignore

                    Expect.equal (files root) (files alone) "bytes"

                    let epochs =
                        [ for struct (candidate, _) in tuning.Candidates -> candidate[candidate.IndexOf '(' ..] ]

                    Expect.contains epochs "(3 epochs)" "one was promoted")

            testCase "candidates that are asked for at once are shared by two processes, which come to one choice"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let spec = searched "random" "6" "parallel = 3"
                    let alone = (runnerOf (Path.Combine(folder, "alone")) spec).Tune(key spec)
                    let root = Path.Combine(folder, "shared")
                    let store = StudyStore root
                    // One worker dies in the middle of a candidate: its lease is of no living process.
                    let leases = Path.Combine(root, "leases")
                    Directory.CreateDirectory leases |> ignore

                    let worker shard =
                        StudyRunner(
                            spec,
                            store,
                            StudyHooks.Silent,
                            CancellationToken.None,
                            Claims = StudyLeases(leases, shard, TimeSpan.FromSeconds 1.0)
                        )

                    File.WriteAllText(
                        Path.Combine(leases, $"{spec.Cells[0].FileName} shared-0 trial-1 seed-100.lease"),
                        "dead 7"
                    )

                    let together = (worker (StudyShard(1, 2))).Tune(key spec)
                    Expect.equal together.Value alone.Value "choice"
                    Expect.equal (List.ofSeq together.Candidates) (List.ofSeq alone.Candidates) "candidates"
                    Expect.equal (files root) (files (Path.Combine(folder, "alone"))) "bytes"

                    // The other finds all done.
                    let again = (worker (StudyShard(0, 2))).Tune(key spec)
                    Expect.equal again.Value alone.Value "the other worker")

            testCase "several tuning seeds choose by their mean"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let one seed =
                        let spec = (searched "random" "3" "").With [| struct ("tuningSeed", string seed) |]
                        let tuning = (runnerOf (Path.Combine(folder, "one")) spec).Tune(key spec)
                        [ for struct (_, value) in tuning.Candidates -> value ]

                    let spec = (searched "random" "3" "").With [| struct ("tuningSeed", "100,101") |]
                    let both = (runnerOf (Path.Combine(folder, "both")) spec).Tune(key spec)
                    // The same candidates: the draws are those of the first seed.
                    let candidates = [ for struct (candidate, _) in both.Candidates -> candidate ]
                    Expect.hasLength candidates 3 "candidates"
                    let first = one 100
                    Expect.equal (List.ofSeq spec.TuningSeeds) [ 100L; 101L ] "seeds"

                    let second =
                        [
                            for candidate in candidates do
                                let key = key spec
                                let plan = StudyTuning.Of(spec, StudyStore(Path.Combine(folder, "both"))).Plan
                                let run = plan.TuningRuns(key, candidate) |> Seq.last
                                Expect.equal run.Seed 101L "the second seed"
                                StudyStore(Path.Combine(folder, "both")).Folder(plan.Experiment run).ReadValidation()
                        ]

                    for struct (_, mean), (a, b) in Seq.zip both.Candidates (List.zip first second) do
                        Expect.floatClose Accuracy.high mean ((a + b) / 2.0) "mean of the two")

            testCase "a study file's grid tries listed values, or with a budget that holds them the declared ones"
            <| fun () ->
                let message budget =
                    try
                        searched "grid" budget "" |> ignore
                        ""
                    with :? SettingException as error ->
                        error.Message

                Expect.equal (message "17") "" "4 × 4 values and the default"
                Expect.stringContains (message "8") "expected at least" "too small"
                Expect.stringContains (message "8") "my.toml:" "line"
                Expect.stringContains (message "9\nvalues = [1, 2]") "no 'values'" "both"

            testCase "a number of candidates at once that is none is told with its line"
            <| fun () ->
                let message text =
                    try
                        searched "tpe" "6" text |> ignore
                        ""
                    with :? SettingException as error ->
                        error.Message

                Expect.stringContains (message "parallel = 0") "expected the number of candidates" "zero"
                Expect.stringContains (message "parallel = \"many\"") "my.toml:" "line"
        ]
