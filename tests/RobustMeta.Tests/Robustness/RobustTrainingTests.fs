module RobustMeta.Tests.Robustness.RobustTrainingTests

open System
open System.Collections.Immutable
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Engine
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Robustness
open RobustMeta.Robustness.References
open RobustMeta.Tasks
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
        "order", "second"
        "testQueryLength", "11"
        "validationFraction", "0.2"
        "testFraction", "0.2"
    ]

let private specOf settings =
    // A setting given twice counts as given last.
    let last = small @ settings |> List.rev |> List.distinctBy fst
    ExperimentSpec.Of("MeLU", [| for k, v in last -> struct (k, v) |])

let private preset name = [ for struct (k, v) in RobustPreset.Named(name).Settings -> k, v ]

let private reference = Func<ImmutableArray<UserTask>, IPredictor>(fun _ -> Baselines.RandomBaseline 1L)

let private trainOver reference checkpoint settings =
    let spec = specOf settings
    ExperimentRunner.Run(PreparedExperiment.Of(spec, dataset ()), spec, checkpoint, reference = reference)

let private trainFrom checkpoint settings = trainOver reference checkpoint settings

let private train settings = trainFrom null settings
let private parameters (result: MethodResult) = [ for p in result.Parameters.All -> List.ofSeq p.Values ]

[<Tests>]
let tests =
    testList
        "Robust training"
        [
            testCase "rates of zero and uniform sets end with the bytes of plain training"
            <| fun () ->
                let plain = train [ "levels", "none" ]

                for settings in
                    [
                        [ "taskWeightLr", "0"; "sampleWeightLr", "0" ]
                        [ "set", "uniform"; "ascent", "bestResponse" ]
                        [ "set", "chi2 0"; "ascent", "bestResponse"; "reference", "bias" ]
                    ] do
                    let other = train settings
                    Expect.equal (parameters other) (parameters plain) $"%A{settings}"

                    for a, b in Seq.zip other.Training.History plain.Training.History do
                        Expect.equal (a.MeanLoss, a.Validation) (b.MeanLoss, b.Validation) $"%A{settings}"

            testCase "a reference of one's own trains: excess over a constant moves no weight of a simplex"
            <| fun () ->
                ReferenceKind.Registry.Replace(OwnReferenceTests.ConstantReference())
                let response = [ "set", "kl 0.1"; "ascent", "bestResponse" ]
                let own = train ([ "reference", "constant"; "constantLoss", "0.3" ] @ response)

                for a, b in Seq.zip own.Training.History (train response).Training.History do
                    Expect.floatClose Accuracy.low a.Validation b.Validation "validation"
                    Expect.floatClose Accuracy.low a.UserEss b.UserEss "weights"

            testCase "every preset trains, and its certificate holds"
            <| fun () ->
                for preset in RobustPreset.All do
                    let settings = [ for struct (k, v) in preset.Settings -> k, v ]

                    for record in (train settings).Training.History do
                        Expect.isTrue (Double.IsFinite record.MeanLoss) preset.Name
                        Expect.isFalse (record.DualityGap < -1e-6) $"{preset.Name}: gap {record.DualityGap}"
                        Expect.isTrue (record.UserEss > 0.0 && record.UserEss <= 1.0 + 1e-12) preset.Name
                        Expect.isTrue (record.InteractionEss > 0.0 && record.InteractionEss <= 1.0 + 1e-12) preset.Name

            testCase "an interrupted robust run goes on to the same bytes"
            <| fun () ->
                let folder = Directory.CreateTempSubdirectory("robustmeta-test-").FullName

                try
                    for name, settings in
                        [
                            "paper", preset "paper" @ [ "lossAverage", "0.5"; "alternating", "true" ]
                            "groups", preset "s-dro"
                            "trends", preset "tdro"
                            "flow", preset "ar-maml"
                            "items", [ "interactionIndex", "item"; "reference", "itemAverage" ]
                            "support", [ "weightsAct", "both"; "sampleWeightLr", "0.5" ]
                        ] do
                        let checkpoint () = Checkpoint(Path.Combine(folder, name), name, TimeSpan.Zero)
                        let whole = train settings
                        let spec = specOf settings
                        let source = new Threading.CancellationTokenSource()

                        let stop =
                            { new IProgress<EpochRecord> with
                                member _.Report e =
                                    if e.Epoch = 2 then
                                        source.Cancel()
                            }

                        Expect.throws
                            (fun () ->
                                ExperimentRunner.Run(
                                    PreparedExperiment.Of(spec, dataset ()),
                                    spec,
                                    checkpoint (),
                                    stop,
                                    source.Token,
                                    reference
                                )
                                |> ignore)
                            "cancelled"

                        let resumed = trainFrom (checkpoint ()) settings
                        Expect.equal (parameters resumed) (parameters whole) name
                        Expect.equal (List.ofSeq resumed.Training.History) (List.ofSeq whole.Training.History) name
                        Expect.equal resumed.Weights.Users whole.Weights.Users name
                        Expect.equal resumed.Weights.Interactions whole.Weights.Interactions name
                finally
                    Directory.Delete(folder, true)

            testCase "trends over periods: one pass of the fused engine trains as passes of each part do"
            <| fun () ->
                for what, settings in
                    [
                        "whole parts", []
                        "weights of interactions, which ask for passes of their own", [ "levels", "both" ]
                        "no losses but of one part", [ "batchSize", "1" ]
                    ] do
                    let run engine = train (preset "tdro" @ [ "engine", engine; "taskWeightLr", "2" ] @ settings)
                    let fused, autograd = run "fused", run "autograd"
                    Expect.isLessThan (Seq.min fused.Weights.Users) 0.99 "weights move"

                    for a, b in Seq.zip fused.Weights.Users autograd.Weights.Users do
                        Expect.floatClose { absolute = 1e-3; relative = 1e-3 } a b $"{what}: users"

                    for a, b in Seq.zip fused.Training.History autograd.Training.History do
                        Expect.floatClose { absolute = 1e-4; relative = 1e-3 } a.MeanLoss b.MeanLoss $"{what}: loss"

            testCase "support weights need a derivative through the adaptation"
            <| fun () ->
                let settings order = [ "weightsAct", "support"; "levels", "interaction"; "order", order ]

                let run order = train (settings order)

                Expect.equal (run "second").Training.History.Count 3 "second order trains"

                Expect.throwsC (fun () -> run "first" |> ignore) (fun error ->
                    Expect.stringContains error.Message "second" "first order is refused")

            testCase "a reference that is worse than the plainly trained model is warned of"
            <| fun () ->
                let warnings settings = (train settings).Training.Warnings
                Expect.isEmpty (warnings [ "levels", "none" ]) "no reference"
                Expect.isEmpty (warnings (preset "robustmeta" @ [ "checkReference", "false" ])) "not compared"
                // A control without an adversary has nothing to be misled.
                Expect.isEmpty (warnings (preset "distill")) "no adversary"

                Expect.exists (warnings (preset "robustmeta")) (fun w -> w.Contains "'crossfit'") "random scores"

            testCase "the reference is compared with the plain training of the same spec; auto takes the better"
            <| fun () ->
                let result = train (preset "robustmeta-auto")
                Expect.equal [ for l in result.References -> l.Name ] [ "plain"; "bias"; "crossfit" ] "compared"
                let least = result.References |> Seq.minBy _.Loss
                Expect.isTrue least.IsChosen "the least"
                Expect.hasLength (result.References |> Seq.filter _.IsChosen |> Seq.toList) 1 "one"
                Expect.isNonEmpty (train (preset "robustmeta-bias")).References "one named reference"
                // The chosen reference is what its own name would train.
                Expect.equal least.Name "bias" "random scores of the folds are no match"
                Expect.equal (parameters result) (parameters (train (preset "robustmeta-bias"))) "the same training"

            testCase "the model itself and the meta-ridge are cross-fitted as references"
            <| fun () ->
                let run model =
                    let settings = [ "reference", "crossfit"; "referenceModel", model; "ascent", "bestResponse" ]
                    trainOver null null (settings @ [ "set", "chi2 0.5"; "epoch", "2" ])

                let twice = [ for model in [ "same"; "MetaRidge" ] -> run model ]
                Expect.notEqual (parameters twice[0]) (parameters twice[1]) "the reference matters"

                for result in twice do
                    Expect.all result.Training.History (fun record -> record.UserEss < 0.9) "weights react"

            testCase "methods on the same prepared data share a cross-fitted reference, and end as if each had its own"
            <| fun () ->
                let settings radius =
                    [ "reference", "crossfit"; "referenceModel", "MeLU"; "ascent", "bestResponse"; "set", radius ]

                let specs = [ for radius in [ "chi2 0.1"; "chi2 0.5" ] -> specOf (settings radius) ]
                let shared = PreparedExperiment.Of(specs.Head, dataset ())
                let together = [ for spec in specs -> ExperimentRunner.Run(shared, spec) ]
                let alone = [ for radius in [ "chi2 0.1"; "chi2 0.5" ] -> trainOver null null (settings radius) ]
                Expect.equal (List.map parameters together) (List.map parameters alone) "the same bytes"
                Expect.notEqual (parameters together[0]) (parameters together[1]) "not the same method"
                // What a shared reference took is the cost of each method that needs it.
                Expect.all together (fun result -> result.Cost.Reference > TimeSpan.Zero) "its time"
        ]
