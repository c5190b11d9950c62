/// A reference of one's own, written in F# outside the library: named in specs with settings of its own, and trained with.
module RobustMeta.Tests.Robustness.OwnReferenceTests

open System.Collections.Immutable
open Expecto
open RobustMeta.Experiments
open RobustMeta.Robustness.References
open RobustMeta.Settings

/// The same loss for every interaction.
type ConstantReference() =
    inherit ReferenceKind("constant", "one loss for all interactions")

    [<Setting("loss of every interaction", Min = 0.0, Max = 10.0)>]
    member val ConstantLoss = 0.5 with get, set

    override _.Predicts = false

    override this.Fit input =
        let train = input.Source.All input.Tasks
        let losses = ImmutableArray.CreateRange(Seq.replicate train.QueryItems.Length this.ConstantLoss)
        FixedReference(this.Name, train, losses, ImmutableArray.Empty, null)

[<Tests>]
let tests =
    testList
        "a reference of one's own"
        [
            testCase "is named in specs, with its settings, once it is registered"
            <| fun () ->
                ReferenceKind.Registry.Replace(ConstantReference())

                let spec settings =
                    ExperimentSpec.Of("MeLU", [| for k, v in ("reference", "constant") :: settings -> struct (k, v) |])

                let one = spec [ "constantLoss", "0.25" ]

                Expect.equal
                    (one.Meta.Robustness.References.Reference :?> ConstantReference).ConstantLoss
                    0.25
                    "its setting"

                Expect.notEqual one.Hash (spec []).Hash "which the hash knows"
                Expect.notEqual one.Meta.Robustness (spec []).Meta.Robustness "specs are values"

                Expect.equal
                    (spec []).Meta.Robustness
                    (spec [ "constantLoss", "0.5" ]).Meta.Robustness
                    "specs are values"

                Expect.throwsT<SettingException> (fun () -> spec [ "constantLoss", "11" ] |> ignore) "its range"

                Expect.throwsT<SettingException>
                    (fun () -> spec [ "distill", "0.5" ] |> ignore)
                    "nothing to distill from what does not predict"
        ]
