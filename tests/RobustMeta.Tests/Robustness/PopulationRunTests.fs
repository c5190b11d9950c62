module RobustMeta.Tests.Robustness.PopulationRunTests

open System
open System.Collections.Immutable
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Tests
open RobustMeta.Training

let private world = lazy SyntheticRatings.Generate(SyntheticSpec(Users = 80, Items = 60), 2L)

let private dataset () =
    Dataset(world.Value.Ratings, 4.0, ImmutableArray.Create "segment", ImmutableArray.Create "category")

let private small =
    [
        "epoch", "3"
        "hiddenDim1", "4"
        "hiddenDim2", "4"
        "embeddingDim", "4"
        "lr", "0.02"
        "optimizer", "adam"
        "testQueryLength", "11"
        "validationFraction", "0.2"
        "testFraction", "0.2"
        "ascent", "bestResponse"
        "set", "chi2 0.5"
    ]

let private specOf settings =
    let last = small @ settings |> List.rev |> List.distinctBy fst
    ExperimentSpec.Of("MeLU", [| for k, v in last -> struct (k, v) |])

let private population = [ "population", "0,0.5,2" ]
let private prepare spec = PreparedExperiment.Of(spec, dataset ())

let private train settings =
    let spec = specOf settings
    ExperimentRunner.Run(prepare spec, spec)

let private valuesOf (result: MethodResult) prefix =
    [
        for p in result.Parameters.All do
            if p.Name.StartsWith(prefix, StringComparison.Ordinal) then
                List.ofSeq p.Values
    ]

[<Tests>]
let tests =
    testList
        "Population of radii"
        [
            testCase "each member is the training of its radius alone, and a population of one is that training"
            <| fun () ->
                let whole = train population
                Expect.equal [ for m in whole.Members -> m.Radius ] [ 0.0; 0.5; 2.0 ] "radii"
                Expect.floatClose Accuracy.high (whole.Members |> Seq.sumBy _.Fraction) 1.0 "everyone gets a member"

                for radius in [ "0"; "0.5"; "2" ] do
                    let alone = train [ "set", $"chi2 {radius}" ]
                    Expect.equal (valuesOf whole $"radius {radius} ") (valuesOf alone "") radius

                let one, alone = train [ "population", "0.5" ], train [ "set", "chi2 0.5" ]
                let numbers (r: MethodResult) = [ for u in r.Users -> u.TestSet, u.User, u.Metric, u.Value ]
                Expect.equal (numbers one) (numbers alone) "population of one"
                Expect.equal one.Training.BestValidation alone.Training.BestValidation "validation"

            testCase "great caution gives everyone the first member"
            <| fun () ->
                let numbers (r: MethodResult) = [ for u in r.Users -> u.TestSet, u.User, u.Metric, u.Value ]
                let cautious = train (population @ [ "populationCaution", "1000" ])
                Expect.equal [ for m in cautious.Members -> m.Fraction ] [ 1.0; 0.0; 0.0 ] "fractions"
                Expect.equal (numbers cautious) (numbers (train [ "set", "chi2 0" ])) "results"

            testCase "an interrupted population goes on, and does not repeat finished members"
            <| fun () ->
                TempFolder.within (fun root ->
                    let settings = population @ [ "reference", "bias" ]
                    let spec = specOf settings
                    let folder = RunFolder(root, spec)
                    use source = new Threading.CancellationTokenSource()
                    let mutable epochs = 0

                    let count stopAt =
                        { new IProgress<EpochRecord> with
                            member _.Report _ =
                                epochs <- epochs + 1

                                if epochs = stopAt then
                                    source.Cancel()
                        }

                    let prepared = prepare spec

                    Expect.throws
                        (fun () ->
                            ExperimentRunner.Run(
                                prepared,
                                spec,
                                folder.Checkpoint(prepared, TimeSpan.Zero),
                                count 5,
                                source.Token
                            )
                            |> ignore)
                        "cancelled in the second member"

                    epochs <- 0

                    let resumed =
                        ExperimentRunner.Run(prepared, spec, folder.Checkpoint(prepared, TimeSpan.Zero), count -1)

                    Expect.equal epochs 4 "one epoch of the second member, three of the third"
                    let whole = train settings
                    Expect.equal (valuesOf resumed "") (valuesOf whole "") "parameters"
                    folder.Write(prepared, resumed)

                    for file in [ "population.csv"; "references.csv"; "history-0.5.csv"; "selection.csv" ] do
                        Expect.isTrue (File.Exists(Path.Combine(folder.Path, file))) file

                    Expect.equal (folder.ReadValidation()) whole.Training.BestValidation "validation is read back"
                    Expect.isEmpty (Directory.GetFiles(folder.Path, "checkpoint*")) "no checkpoint is left")

            for settings, hint in
                [
                    [ "set", "simplex" ], "sets with a size"
                    [ "levels", "none" ], "levels none"
                    [ "population", "0.5,0.5" ], "twice"
                    [ "set", "cvar 0.5"; "population", "0.5,2" ], "fraction of a CVaR"
                ] do
                testCase $"refused: %A{settings}"
                <| fun () ->
                    Expect.throwsC (fun () -> specOf (population @ settings) |> ignore) (fun error ->
                        Expect.isTrue (error :? SettingException) $"{error}"
                        Expect.stringContains error.Message hint "hint")
        ]
