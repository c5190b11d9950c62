module RobustMeta.Tests.Scripts.ModelStudyTests

open System
open System.IO
open System.Threading
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Scripts
open RobustMeta.Settings

let private small out =
    { ModelStudy.full with
        Datasets = [ "synthetic", 2 ]
        Labels = [ "rating"; "click" ]
        Methods =
            ModelStudy.allMethods
            |> List.filter (fun m -> List.contains m.Name [ "bias"; "EASE"; "MetaRidge"; "MetaPMF" ])
            |> List.map (fun m ->
                let short key = if ModelSpec.Registry.All.ContainsKey m.Model then [ "epoch", "1" ] else []
                { m with Candidates = m.Candidates |> List.map (fun c -> c @ short c) })
        Shared = [ "userNum", "150" ]
        Out = out
    }

let private stamps (root: string) =
    [
        for file in Directory.EnumerateFiles(root, "done", SearchOption.AllDirectories) ->
            file, File.GetLastWriteTimeUtc file
    ]
    |> List.sort

let private runsAndReports () =
    let folder = Directory.CreateTempSubdirectory "robustmeta"

    try
        let plan = small folder.FullName
        let empty = ModelReport.text plan
        Expect.stringContains empty "synthetic, rating (no method)" "says what is missing"
        // A part first, then the rest: what is finished is not touched.
        ModelStudy.run (ModelStudy.part plan [ "methods"; "bias,EASE"; "labels"; "rating" ]) CancellationToken.None
        let before = stamps folder.FullName
        Expect.hasLength before (ModelStudy.candidates + 2 + 2) "EASE tuned, two seeds of both"
        ModelStudy.run plan CancellationToken.None
        let after = stamps folder.FullName
        Expect.isTrue (before |> List.forall (fun stamp -> List.contains stamp after)) "reused"
        Expect.hasLength after (2 * (3 * ModelStudy.candidates + 4 * 2)) "every run of the plan"
        ModelStudy.run plan CancellationToken.None
        Expect.equal (stamps folder.FullName) after "nothing is left to do"
        let text = ModelReport.text plan
        Expect.stringContains text "All runs of the plan are finished." "complete"

        for expected in [ "## synthetic, rating"; "## synthetic, click"; "MetaPMF"; "users/s"; "peak MB"; "NDCG@10" ] do
            Expect.stringContains text expected expected

        // The choice is the best of the candidates on the tuning seed.
        let ease = plan.Methods |> List.find (fun m -> m.Name = "EASE")

        let value candidate =
            (ModelStudy.read (ModelStudy.job plan "synthetic" "rating" ease candidate ModelStudy.tuningSeed)).Validation

        let chosen = ModelStudy.choice plan "synthetic" "rating" ease |> Option.get
        Expect.equal (value chosen) (ease.Candidates |> List.map value |> List.min) "smallest error"
    finally
        folder.Delete true

let private run rows : ModelStudy.Run =
    {
        Users = [| for user, value in rows -> UserResult("m", 0, user, "MAE", value) |]
        Validation = 0.0
        Cost = RunCost(TimeSpan.Zero, TimeSpan.Zero, 0L, 0L)
    }

let private refusals =
    [
        [ "methods"; "EASEE" ], "'EASE'"
        [ "dataset"; "ml-1m" ], "'datasets'"
        [ "seeds"; "none" ], "at least 1"
        [ "datasets" ], "pairs"
    ]

[<Tests>]
let tests =
    testList
        "ModelStudy"
        [
            testCase "every model and baseline takes part, with as many candidates as the others"
            <| fun () ->
                let names = ModelStudy.allMethods |> List.map _.Name

                for name in Seq.append ModelSpec.Registry.All.Keys BaselineSpec.Registry.All.Keys do
                    Expect.contains names name name

                for m in ModelStudy.allMethods do
                    if ModelSpec.Registry.All.ContainsKey m.Model || m.Candidates.Length > 1 then
                        Expect.hasLength m.Candidates ModelStudy.candidates m.Name

                    for label in [ "rating"; "click" ] do
                        for candidate in m.Candidates do
                            Expect.isFalse
                                (ModelStudy.job { ModelStudy.full with Out = "none" } "ml-1m" label m candidate 1)
                                    .IsDone
                                m.Name

            testCase "parts run, finished runs are reused, the report is made of them" runsAndReports

            testCase "a candidate that diverges is settled, noted and never chosen"
            <| fun () ->
                let folder = Directory.CreateTempSubdirectory "robustmeta"

                try
                    let plan = small folder.FullName
                    let wild = [ "optimizer", "sgd"; "lr", "100"; "clip", "0"; "epoch", "5" ]
                    let tame = [ "lr", "0.001"; "epoch", "1" ]
                    let melu: ModelStudy.Method = { Name = "MeLU"; Model = "MeLU"; Candidates = [ wild; tame ] }
                    let plan = { plan with Methods = [ melu ]; Labels = [ "rating" ]; Datasets = [ "synthetic", 1 ] }
                    ModelStudy.run plan CancellationToken.None
                    let job candidate = ModelStudy.job plan "synthetic" "rating" melu candidate ModelStudy.tuningSeed
                    Expect.isFalse (job wild).IsDone "it diverged"
                    Expect.isTrue (ModelStudy.isSettled (job wild)) "and is not tried again"
                    Expect.equal (ModelStudy.choice plan "synthetic" "rating" melu) (Some tame) "the other is chosen"
                    Expect.hasLength (ModelStudy.finished plan "synthetic" "rating" melu) 1 "and run"
                finally
                    folder.Delete true

            testCase "a user counts once, however many seeds test it"
            <| fun () ->
                let own = [ 1, run [ "a", 1.0; "b", 3.0 ]; 2, run [ "a", 2.0 ]; 3, run [ "a", 9.0 ] ]
                let other = [ 1, run [ "a", 0.5; "b", 1.0 ]; 2, run [ "a", 0.5 ] ]
                let difference = ModelReport.difference "MAE" own other |> Option.get
                // a: (0.5 + 1.5) / 2 = 1; b: 2. Seed 3 has no counterpart.
                Expect.floatClose Accuracy.high difference.Mean 1.5 "mean over users"
                Expect.equal difference.Count 2 "users"
                Expect.isNone (ModelReport.difference "RMSE" own other) "no such metric"

            for words, hint in refusals do
                testCase (String.Join(' ', words) + " is refused with the remedy")
                <| fun () ->
                    let error = Expect.throwsC (fun () -> ModelStudy.part ModelStudy.full words |> ignore) (fun e -> e)

                    Expect.isTrue (error :? SettingException) "kind"
                    Expect.stringContains error.Message hint "hint"
        ]
