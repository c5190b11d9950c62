/// The fused engine's pooled classes (LWA, NLBA) against automatic differentiation in double precision, over all their forms.
module RobustMeta.Tests.Engine.FusedClassesTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open FsCheck.FSharp
open RobustMeta.Engine
open RobustMeta.Engine.Fused.Classes
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Models.Layers
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.FusedCase
open RobustMeta.Tests.Properties

/// One case of the space: everything that the engine's code branches on. No mixing is NLBA.
type Classes =
    {
        Seed: int64
        Mixing: ClassMixing option
        Width: int
        Hidden: int
        Pooling: Pooling
        Weighted: bool
        Label: LabelKind
        Lengths: (int * int) list
        SupportWeights: bool
        Offset: bool
        Threads: int
        Bits: int
        ItemFields: bool
        EntitiesPerToken: int
    }

let private classes =
    gen {
        let! seed = Gen.choose (0, 1_000_000)

        let! mixing =
            Gen.elements
                [ None; None; None; Some ClassMixing.Scalar; Some ClassMixing.Diagonal; Some ClassMixing.Matrix ]

        let! width = Gen.choose (1, 20)
        let! hidden = Gen.choose (1, 20)
        let! pooling = Gen.elements [ Pooling.Mean; Pooling.Sum ]
        let! weighted = Gen.elements [ false; true ]
        let! label = Gen.elements [ LabelKind.Click; LabelKind.Rating ]
        let! users = Gen.choose (1, 8)

        let! lengths =
            Gen.listOfLength
                users
                (Gen.zip (Gen.oneof [ Gen.choose (1, 25); Gen.choose (1, 200) ]) (Gen.choose (1, 20)))

        let! weights = Gen.elements [ false; true ]
        let! hasOffset = Gen.elements [ false; true ]
        let! threads = Gen.choose (1, 3)
        let! bits = Gen.elements [ 0; 128; 256; 512 ]
        let! items = Gen.elements [ true; true; true; true; false ]
        let! entitiesPerToken = Gen.choose (0, 2)

        return
            {
                Seed = int64 seed
                Mixing = mixing
                Width = width
                Hidden = hidden
                Pooling = pooling
                Weighted = weighted
                Label = label
                Lengths = lengths
                SupportWeights = weights && weighted
                Offset = hasOffset
                Threads = threads
                Bits = bits
                ItemFields = items
                EntitiesPerToken = entitiesPerToken
            }
    }

let private modelOf (f: Classes) : MetaRecommender =
    let items = if f.ItemFields then schema.ItemFields else ImmutableArray<InputField>.Empty

    let inputs = InputSchema(items, schema.UserFields, schema.EmbeddingDim)

    match f.Mixing with
    | Some mixing ->
        let spec =
            LwaSpec(
                HiddenDim1 = f.Hidden,
                HiddenDim2 = f.Width,
                Pooling = f.Pooling,
                Mixing = mixing,
                WeightedPooling = f.Weighted
            )

        spec.Create(inputs, 0.5, f.Label)
    | None ->
        let spec =
            NlbaSpec(HiddenDim1 = f.Width, HiddenDim2 = f.Hidden, Pooling = f.Pooling, WeightedPooling = f.Weighted)

        spec.Create(inputs, 0.5, f.Label)

/// Support weights around one, in supports of several interactions the second of them zero.
let private objectiveOf (f: Classes) model =
    let weight random place = if place = 1 then 0.0 else aroundOne random
    objectiveOf f.Seed f.Label f.Lengths (if f.SupportWeights then Some weight else None) f.Offset model

let private isExact (f: Classes) =
    let model = modelOf f
    let case, batch, weights = objectiveOf f model
    let form = (box model :?> IHasForm<ClassForm>).Form

    inDouble
        (fun arrays ->
            new FusedClasses<float>(
                form,
                model.Label,
                arrays,
                f.Threads,
                Arithmetic<float>.Of f.Bits,
                f.EntitiesPerToken
            ))
        case
        batch
        weights
    |> equalsAutograd f.Lengths case batch weights

let private fixedForm =
    {
        Seed = 5L
        Mixing = Some ClassMixing.Scalar
        Width = 32
        Hidden = 32
        Pooling = Pooling.Mean
        Weighted = true
        Label = LabelKind.Click
        Lengths = [ for i in 1..60 -> 1 + 7 * i % 60, 1 + 5 * i % 23 ]
        SupportWeights = true
        Offset = true
        Threads = 1
        Bits = 256
        ItemFields = true
        EntitiesPerToken = 2
    }

let private single (f: Classes) =
    let model = modelOf f
    let _, batch, weights = objectiveOf f model
    inSingle f.Seed model batch weights

let private forms =
    [
        "LWA", fixedForm
        "LWA of ratings with matrices", { fixedForm with Label = LabelKind.Rating; Mixing = Some ClassMixing.Matrix }
        "NLBA", { fixedForm with Mixing = None }
        "NLBA of ratings", { fixedForm with Mixing = None; Label = LabelKind.Rating }
    ]

let private onForms name test = onForms forms name test

[<Tests>]
let tests =
    testList
        "FusedClasses"
        [
            propertyOf 300 "LWA and NLBA equal autograd on every form" <| Prop.forAll (Arb.fromGen classes) isExact

            onForms
                "pooled classes: the same bytes with any number of threads, and again"
                (single >> sameBytesOnAllThreads)

            onForms "pooled classes: every width of vectors, close in single precision" (single >> closeAtAllWidths)

            testCase "engine auto takes LWA and NLBA, and Backward without Forward is an error"
            <| fun () ->
                for name in [ "LWA"; "NLBA" ] do
                    let model = ModelSpec.Registry.Named(name).Create(schema, 0.5, LabelKind.Rating)
                    Expect.isNull (FusedEngine.Refusal model) $"no reason to refuse {name}"
                    use engine = EngineSpec().Create(model, model.CreateParameters 1L)
                    Expect.isTrue (engine :? FusedEngine) $"{name} is fused"

                    Expect.throwsT<InvalidOperationException>
                        (fun () -> engine.Backward(ReadOnlySpan [||], ReadOnlySpan [||]))
                        "no batch"
        ]
