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

    RobustMeta.Scripts.Experiment.spec model (shared @ settings)

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
