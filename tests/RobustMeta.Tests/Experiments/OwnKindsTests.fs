/// One of each kind of concept, declared in another assembly in C#: it keeps the contract of its kind, and specs, hash and help
/// know it once it is registered. Models and baselines: see UserMethodTests.
module RobustMeta.Tests.Experiments.OwnKindsTests

open Expecto
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Robustness
open RobustMeta.Robustness.References
open RobustMeta.Scripts
open RobustMeta.Shift
open RobustMeta.Tests.Data
open RobustMeta.Tests.Robustness
open RobustMeta.Tests.Evaluation
open RobustMeta.Tests.Shift
open Shop.Models

let private add () =
    AmbiguitySet.Registry.Add(FloorSet())
    Metric.Registry.Add(FirstRelevant())
    ReferenceKind.Registry.Add(ConstantLoss())
    ShiftProtocol.Registry.Add(ShortQueries())
    DatasetReader.Registry.Add(BasketReader())
    RobustPreset.Registry.Add OwnPresets.Floor

let private remove () =
    AmbiguitySet.Registry.Remove "floor"
    Metric.Registry.Remove "FirstRelevant"
    ReferenceKind.Registry.Remove "constantLoss"
    ShiftProtocol.Registry.Remove "cutQueries"
    DatasetReader.Registry.Remove "baskets"
    RobustPreset.Registry.Remove OwnPresets.Floor.Name

let private named settings = Experiment.spec "MeLU" settings

/// Settings that name one of these kinds, and the same with one value changed.
let private settings =
    [
        [ "set", "floor 0.3"; "ascent", "bestResponse" ], [ "set", "floor 0.4"; "ascent", "bestResponse" ]
        [ "metrics", "FirstRelevant,NDCG@10" ], [ "metrics", "NDCG@10,FirstRelevant" ]
        [ "reference", "constantLoss"; "level", "0.25" ], [ "reference", "constantLoss"; "level", "0.5" ]
        [ "shift", "cutQueries"; "lengths", "20" ], [ "shift", "cutQueries"; "lengths", "20,15" ]
        [ "preset", "shop-floor" ], [ "preset", "shop-floor"; "set", "floor 0.25" ]
    ]

[<Tests>]
let tests =
    testList
        "Kinds of one's own"
        [
            AmbiguitySetContract.tests (FloorSet 0.3)
            MetricContract.test (FirstRelevant())
            ProtocolContract.test (ShortQueries())
            ReaderContractTests.suite (BasketReader())
            ReferenceContract.test (ConstantLoss())

            testCase "once registered they are named, hashed, read back and shown like built-in ones"
            <| fun () ->
                add ()

                try
                    for one, other in settings do
                        let spec = named one
                        Expect.notEqual spec.Hash (named other).Hash $"%A{one}: another hash"
                        Expect.equal (SpecFile.Parse spec.Text).Hash spec.Hash $"%A{one}: comes back from its file"
                        let help = Help.settingsOf spec []

                        for key, _ in one do
                            Expect.stringContains help key "in the help"

                        for line in help.Split '\n' do
                            Expect.isLessThanOrEqual line.Length 100 line

                    Expect.equal (named [ "preset", "shop-floor" ]).MethodName "MeLU+shop-floor" "preset"
                    Expect.stringContains (Help.usage ()) "shop-floor" "presets in the help"
                    Expect.equal (DatasetReader.Registry.Named "baskets").Meaning (BasketReader()).Meaning "reader"
                finally
                    remove ()
        ]

[<Tests>]
let references =
    testList
        "Reference contract"
        [
            for kind in ReferenceKind.Registry.All.Values do
                if kind.GetType().Assembly = typeof<ReferenceKind>.Assembly && kind.Name <> "auto" then
                    ReferenceContract.test kind
        ]
