module RobustMeta.Tests.Experiments.PositivesOnlyTests

open System
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Models.Baselines
open RobustMeta.Tests.TempFolder

/// A small file in Steam's layout: users of two tastes buy games, the first ones of their half most.
let private steam =
    let random = Random 5

    [
        for u in 0..49 do
            for g in 0..39 do
                let side = if g < 20 then "war" else "peace"
                let likes = (g < 20) = (u % 2 = 0)
                let chance = (if likes then 0.7 else 0.1) / (1.0 + float (g % 20) / 10.0)

                if random.NextDouble() < chance then
                    $"{100 + u},Game {g} of {side},purchase,1.0,0"
                    $"{100 + u},Game {g} of {side},play,{1 + g % 7}.5,0"
    ]
    |> String.concat "\n"

let private dataset =
    lazy
        (let mutable read = Unchecked.defaultof<Dataset>

         within (fun root ->
             write
                 "[mini]\nformat = \"steam\"\nfeedback = \"positives\"\nitemFeatures = [\"title\"]\n"
                 (Path.Combine(root, "catalog.toml"))

             write (steam + "\n") (Path.Combine(root, "mini", "steam-200k.csv"))
             read <- DatasetCatalog([ root ], null).Load "mini")

         read)

let private spec model settings =
    let shared =
        [
            "epoch", "2"
            "minRatings", "20"
            "negatives", "2"
            "testQueryLength", "11"
            "testPoolFraction", "1"
            "testFraction", "0.2"
            "validationFraction", "0.2"
        ]

    let own = settings |> List.map fst |> set

    RobustMeta.Scripts.Experiment.spec
        model
        ((shared |> List.filter (fun (key, _) -> not (own.Contains key))) @ settings)

[<Tests>]
let tests =
    testList
        "Positives alone"
        [
            for model in [ "MeLU"; "TaNP"; "MetaPMF"; "MetaRidge" ] do
                for preset in [ "plain"; "robustmeta" ] do
                    testCase $"{model} learns from them, preset {preset}"
                    <| fun () ->
                        let spec = spec model [ "preset", preset ]
                        let prepared = PreparedExperiment.Of(spec, dataset.Value)
                        let result = ExperimentRunner.Run(prepared, spec, null)

                        for record in result.Training.History do
                            Expect.isTrue (Double.IsFinite record.MeanLoss) "loss"

            testCase "every baseline is measured on them"
            <| fun () ->
                let names = String.Join(",", BaselineSpec.Registry.All.Keys)
                let spec = spec "MeLU" [ "baselines", names ]
                let prepared = PreparedExperiment.Of(spec, dataset.Value)

                for baseline in prepared.Baselines() do
                    let rows = prepared.Evaluate baseline
                    Expect.isNonEmpty rows $"{baseline.Name} has results"
                    Expect.isTrue (rows |> Seq.forall (fun r -> Double.IsFinite r.Value)) $"{baseline.Name} is finite"

            testCase "iALS, EASE and ItemKNN learn from positives by default, from residuals where there are ratings"
            <| fun () ->
                let prepared = PreparedExperiment.Of(spec "MeLU" [], dataset.Value)

                let rated =
                    PreparedExperiment.Of(
                        RobustMeta.Scripts.Experiment.spec "MeLU" [ "userNum", "150" ],
                        DatasetCatalog.Default.Load "synthetic"
                    )

                for name in [ "iALS"; "EASE"; "ItemKNN" ] do
                    let scoresAreLabels (prepared: PreparedExperiment) =
                        prepared.Fit(Methods.Named name).ScoresAreLabels

                    Expect.isFalse (scoresAreLabels prepared) $"{name} orders items"
                    Expect.isTrue (scoresAreLabels rated) $"{name} predicts labels"

            for candidates in [ "sampled 12"; "all" ] do
                testCase
                    $"candidates {candidates}: every model and baseline ranks positives among items that the user has no positive of"
                <| fun () ->
                    let names = String.Join(",", BaselineSpec.Registry.All.Keys)

                    let settings =
                        [ "candidates", candidates; "baselines", names; "metrics", "NDCG@10,Recall@10"; "epoch", "1" ]

                    for model in [ "MeLU"; "TaNP"; "MetaPMF"; "MetaRidge" ] do
                        let spec = spec model (("preset", "plain") :: settings)
                        let prepared = PreparedExperiment.Of(spec, dataset.Value)

                        for set in prepared.TestSets do
                            for batch in prepared.Candidates set do
                                for b in 0 .. batch.Count - 1 do
                                    let liked = prepared.Source.SeenItems(batch.Users[b])

                                    let own =
                                        Set
                                            [
                                                for j in batch.SupportStarts[b] .. batch.SupportStarts[b + 1] - 1 ->
                                                    batch.SupportItems[j]
                                            ]

                                    for j in batch.QueryStarts[b] .. batch.QueryStarts[b + 1] - 1 do
                                        Expect.equal
                                            (liked.Contains batch.QueryItems[j])
                                            (batch.QueryLabels[j] = 1f)
                                            "positives"

                                        Expect.isFalse (own.Contains batch.QueryItems[j]) "not of the support"

                        let result = ExperimentRunner.Run(prepared, spec, null)
                        Expect.isNonEmpty result.Users model
                        Expect.isTrue (result.Users |> Seq.forall (fun row -> Double.IsFinite row.Value)) "finite"

                        if model = "MeLU" then
                            for baseline in prepared.Baselines() do
                                Expect.isNonEmpty (prepared.Evaluate baseline) baseline.Name

            testCase "the bias model orders items by how many positives they have"
            <| fun () ->
                let prepared = PreparedExperiment.Of(spec "MeLU" [ "negatives", "8" ], dataset.Value)
                let source = prepared.Source
                let positives = Array.zeroCreate<int> source.Ratings.Items.Count

                for task in prepared.Split.MetaTrain do
                    for row in Seq.append task.Support task.Query do
                        if source.IsSeen row then
                            positives[source.Ratings.ItemIndex[row]] <- positives[source.Ratings.ItemIndex[row]] + 1

                let batch = source.All prepared.Split.Test
                let scores = prepared.Fit(Methods.Named "bias").Predict batch

                let concordant, all =
                    Seq.allPairs
                        (Seq.indexed batch.QueryItems |> Seq.truncate 80)
                        (Seq.indexed batch.QueryItems |> Seq.truncate 80)
                    |> Seq.filter (fun ((_, a), (_, b)) -> positives[a] > 2 * positives[b] + 4)
                    |> Seq.fold
                        (fun (good, n) ((i, _), (j, _)) -> (if scores[i] > scores[j] then good + 1 else good), n + 1)
                        (0, 0)

                Expect.isGreaterThan all 50 "pairs to compare"
                Expect.isGreaterThan (float concordant / float all) 0.8 "twice as many positives score higher"

            testCase "fresh negatives train, are the same twice, and need no reference computed once"
            <| fun () ->
                let run settings =
                    let spec = spec "MeLU" (("negativeDraw", "fresh") :: settings)
                    let prepared = PreparedExperiment.Of(spec, dataset.Value)
                    [ for record in ExperimentRunner.Run(prepared, spec, null).Training.History -> record.MeanLoss ]

                let plain = [ "preset", "plain"; "epoch", "3" ]
                Expect.equal (run plain) (run plain) "the same losses"
                Expect.isTrue (run [ "preset", "user" ] |> Seq.forall Double.IsFinite) "robust to users"

                Expect.throwsC (fun () -> run [ "preset", "robustmeta" ] |> ignore) (fun error ->
                    Expect.stringContains error.Message "negativeDraw fixed" "remedy")

                let rated = RobustMeta.Scripts.Experiment.spec "MeLU" [ "negativeDraw", "fresh" ]

                Expect.throwsC
                    (fun () -> PreparedExperiment.Of(rated, DatasetCatalog.Default.Load "synthetic") |> ignore)
                    (fun error -> Expect.stringContains error.Message "has ratings" "no negatives there")

            testCase "the hours are another data set of the same file"
            <| fun () ->
                within (fun root ->
                    write
                        ("[mini]\nformat = \"steam\"\nfeedback = \"counts\"\ncounts = \"atLeast 5\"\nduplicates = \"sum\"\n"
                         + "labelThreshold = 1\nfolder = \"shared\"\noptions.behaviour = \"play\"\n")
                        (Path.Combine(root, "catalog.toml"))

                    write
                        "7,A,purchase,1.0,0\n7,A,play,3.5,0\n7,A,play,2,0\n7,B,play,1,0\n"
                        (Path.Combine(root, "shared", "steam-200k.csv"))

                    Expect.equal
                        (RobustMeta.Tests.ReadRatings.rows (RobustMeta.Tests.ReadRatings.load root "mini"))
                        [ "7", "A", 1.0; "7", "B", 0.0 ]
                        "added up, then binarised")
        ]
