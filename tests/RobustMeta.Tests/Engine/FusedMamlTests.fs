/// Embeddings that adapt (MAML) in the fused engine, against automatic differentiation in double precision.
module RobustMeta.Tests.Engine.FusedMamlTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open FsCheck.FSharp
open RobustMeta.Engine
open RobustMeta.Engine.Fused.Perceptron
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.FusedCase
open RobustMeta.Tests.Properties

/// One case of the space: everything that the engine's code branches on.
type WholeForm =
    {
        Seed: int64
        Hidden: int * int
        EmbeddingDim: int
        Steps: int
        Order: MetaGradientOrder
        Label: LabelKind
        Lengths: (int * int) list
        SupportWeights: bool
        Offset: bool
        Threads: int
        Bits: int
        EntitiesPerToken: int
        ItemFields: bool
        UserFields: bool
        Exposed: Exposed
    }

let private form =
    gen {
        let! seed = Gen.choose (0, 1_000_000)
        let! hidden = Gen.zip (Gen.choose (1, 20)) (Gen.choose (1, 20))
        let! dim = Gen.choose (1, 9)
        let! steps = Gen.elements [ 0; 1; 1; 2; 3; 4 ]
        let! order = Gen.elements [ MetaGradientOrder.Second; MetaGradientOrder.Second; MetaGradientOrder.First ]
        let! label = Gen.elements [ LabelKind.Click; LabelKind.Rating ]
        let! users = Gen.choose (1, 6)

        let! lengths =
            Gen.listOfLength users (Gen.zip (Gen.oneof [ Gen.choose (1, 9); Gen.choose (1, 60) ]) (Gen.choose (1, 20)))

        let! weights = Gen.elements [ false; true ]
        let! hasOffset = Gen.elements [ false; true ]
        let! threads = Gen.choose (1, 3)
        let! bits = Gen.elements [ 0; 128; 256; 512 ]
        let! entitiesPerToken = Gen.choose (0, 2)
        let! items = Gen.elements [ true; true; true; false ]
        let! people = Gen.elements [ true; true; true; false ]
        let! exposed = Gen.elements [ Not; Not; Not; ByAll ]

        return
            {
                Seed = int64 seed
                Hidden = hidden
                EmbeddingDim = dim
                Steps = steps
                Order = order
                Label = label
                Lengths = lengths
                SupportWeights = weights
                Offset = hasOffset
                Threads = threads
                Bits = bits
                EntitiesPerToken = entitiesPerToken
                ItemFields = items || not people
                UserFields = people
                Exposed = exposed
            }
    }

/// A bag of users' tokens with a repeated one, an empty one and a number beside the schema's only token.
let private userFields =
    let starts = ImmutableArray.Create(0, 2, 2, 5, 6, 8)
    let bags = ImmutableArray.Create(1, 2, 3, 3, 1, 2, 2, 2)

    schema.UserFields.AddRange(
        [
            TokenField("tags", 4, starts, bags) :> InputField
            NumericField("height", ImmutableArray.Create(0.5f, -1f, 0.3f, 0f, 1.2f))
        ]
    )

let private modelAt (rate: float) (f: WholeForm) : MetaRecommender =
    let none = ImmutableArray<InputField>.Empty

    let inputs =
        InputSchema(
            (if f.ItemFields then schema.ItemFields else none),
            (if f.UserFields then userFields else none),
            f.EmbeddingDim,
            UserIdentity = schema.UserIdentity,
            Exposure = (if f.Exposed = Not then null else ExposureInput(items, 3))
        )

    let spec =
        MamlSpec(
            HiddenDim1 = fst f.Hidden,
            HiddenDim2 = snd f.Hidden,
            Inner = GradientAdaptedSpec(LocalLr = rate, InnerSteps = f.Steps, Order = f.Order)
        )

    spec.Create(inputs, 0.5, f.Label)

let private modelOf = modelAt 0.2

let private objectiveOf (f: WholeForm) (model: MetaRecommender) =
    let weight random place = if place = 1 then 0.0 else aroundOne random
    let takes = f.SupportWeights && model.SupportWeighting = SupportWeighting.Differentiable
    objectiveOf f.Seed f.Label f.Lengths (if takes then Some weight else None) f.Offset model

let private isExactAt rate (f: WholeForm) =
    let model = modelAt rate f
    let case, batch, weights = objectiveOf f model
    let form = (box model :?> IHasForm<PerceptronForm>).Form

    inDouble
        (fun arrays ->
            new FusedPerceptron<float>(
                form,
                model.Label,
                arrays,
                f.Threads,
                Arithmetic<float>.Of f.Bits,
                Nullable(),
                f.EntitiesPerToken
            ))
        case
        batch
        weights
    |> equalsAutogradByFractions f.Lengths case batch weights

let private isExact = isExactAt 0.2

// Several steps on ratings diverge at the larger rate: of losses of 1e35 nothing but rounding would be compared.
let private isExactWhereStepsConverge (f: WholeForm) =
    isExactAt (if f.Label = LabelKind.Rating && f.Steps > 1 then 0.02 else 0.2) f

let private fixedForm =
    {
        Seed = 5L
        Hidden = 32, 24
        EmbeddingDim = 8
        Steps = 1
        Order = MetaGradientOrder.Second
        Label = LabelKind.Click
        Lengths = [ for i in 1..40 -> 1 + 7 * i % 60, 1 + 5 * i % 23 ]
        SupportWeights = true
        Offset = true
        Threads = 1
        Bits = 256
        EntitiesPerToken = 2
        ItemFields = true
        UserFields = true
        Exposed = Not
    }

let private single (f: WholeForm) =
    let model = modelOf f
    let _, batch, weights = objectiveOf f model
    inSingle f.Seed model batch weights

let private forms =
    [
        "one step", fixedForm
        "three steps on ratings", { fixedForm with Steps = 3; Label = LabelKind.Rating }
        "first order", { fixedForm with Steps = 2; Order = MetaGradientOrder.First }
        "no step", { fixedForm with Steps = 0 }
    ]

let private onForms name test = onForms forms name test

let private isAloneAsTogether (f: WholeForm) =
    aloneAsTogether (modelOf f) f.Seed f.Threads f.Bits (tasks f.Label f.Seed f.Lengths)

[<Tests>]
let tests =
    testList
        "FusedMaml"
        [
            propertyOf 300 "MAML equals autograd on every form"
            <| Prop.forAll (Arb.fromGen form) isExactWhereStepsConverge

            pinned
                { Seed = 10132989026887003019UL; Gamma = 2359585840375876493UL; Size = 68 }
                "MAML: an only support interaction has no gradient, however large its loss"
            <| Prop.forAll (Arb.fromGen form) isExact

            onForms "MAML's numbers, exact on a larger batch" isExact

            onForms "MAML: the same bytes with any number of threads, and again" (single >> sameBytesOnAllThreads)

            onForms "MAML: every width of vectors, close in single precision" (single >> closeAtAllWidths)

            propertyOf 100 "MAML scores a user alone as in any batch, bit for bit"
            <| Prop.forAll (Arb.fromGen form) isAloneAsTogether

            testCase "engine auto takes MAML, and a network with slow embeddings refuses its form"
            <| fun () ->
                let model = ModelSpec.Registry.Named("MAML").Create(schema, 0.5, LabelKind.Rating)
                Expect.isNull (FusedEngine.Refusal model) "no reason to refuse it"
                use engine = EngineSpec().Create(model, model.CreateParameters 1L)
                Expect.isTrue (engine :? FusedEngine) "fused"
                let form = (box model :?> IHasForm<PerceptronForm>).Form

                Expect.throwsT<ArgumentException>
                    (fun () -> PerceptronModel("Slow", form, 0.5, LabelKind.Rating) |> ignore)
                    "embeddings would stay"
        ]
