/// MAMO in the fused engine against automatic differentiation in double precision, over all its forms.
module RobustMeta.Tests.Engine.FusedMamoTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open FsCheck.FSharp
open RobustMeta.Runtime.Vectors
open RobustMeta.Engine
open RobustMeta.Engine.Fused
open RobustMeta.Engine.Fused.Joined
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.FusedCase
open RobustMeta.Tests.Properties

/// One case of the space: everything that the engine's code branches on.
type Joined =
    {
        Seed: int64
        Hidden: int * int
        EmbeddingDim: int
        Slots: int
        MemoryStep: float
        Rates: float * float * float
        Steps: int
        Order: MetaGradientOrder
        Label: LabelKind
        Lengths: (int * int) list
        SupportWeights: bool
        Offset: bool
        Threads: int
        Bits: int
        ItemFields: bool
        UserFields: bool
    }

let private form =
    gen {
        let! seed = Gen.choose (0, 1_000_000)
        let! hidden = Gen.zip (Gen.choose (1, 20)) (Gen.choose (1, 20))
        let! dim = Gen.choose (1, 9)
        let! slots = Gen.choose (1, 4)
        let! memoryStep = Gen.elements [ 0.0; 0.1; 1.0 ]
        let rate = Gen.elements [ 0.0; 0.05; 0.5; 1.0 ]
        let! rates = Gen.zip3 rate rate rate
        let! steps = Gen.elements [ 0; 1; 1; 2; 3 ]
        let! order = Gen.elements [ MetaGradientOrder.Second; MetaGradientOrder.Second; MetaGradientOrder.First ]
        let! label = Gen.elements [ LabelKind.Click; LabelKind.Rating ]
        let! users = Gen.choose (1, 6)

        let! lengths =
            Gen.listOfLength users (Gen.zip (Gen.oneof [ Gen.choose (1, 9); Gen.choose (1, 60) ]) (Gen.choose (1, 20)))

        let! weights = Gen.elements [ false; true ]
        let! hasOffset = Gen.elements [ false; true ]
        let! threads = Gen.choose (1, 3)
        let! bits = Gen.elements [ 0; 128; 256; 512 ]
        let! items = Gen.elements [ true; true; true; false ]
        let! people = Gen.elements [ true; true; true; false ]

        return
            {
                Seed = int64 seed
                Hidden = hidden
                EmbeddingDim = dim
                Slots = slots
                MemoryStep = memoryStep
                Rates = rates
                Steps = steps
                Order = order
                Label = label
                Lengths = lengths
                SupportWeights = weights
                Offset = hasOffset
                Threads = threads
                Bits = bits
                ItemFields = items || not people
                UserFields = people
            }
    }

let private modelOf (f: Joined) : MetaRecommender =
    let none = ImmutableArray<InputField>.Empty

    let inputs =
        InputSchema(
            (if f.ItemFields then schema.ItemFields else none),
            (if f.UserFields then schema.UserFields else none),
            f.EmbeddingDim,
            UserIdentity = schema.UserIdentity
        )

    let alpha, beta, gamma = f.Rates

    let spec =
        MamoSpec(
            HiddenDim1 = fst f.Hidden,
            HiddenDim2 = snd f.Hidden,
            MemorySlots = f.Slots,
            MemoryStep = f.MemoryStep,
            AlphaMem = alpha,
            BetaMem = beta,
            GammaMem = gamma,
            Inner = GradientAdaptedSpec(LocalLr = 0.1, InnerSteps = f.Steps, Order = f.Order)
        )

    spec.Create(inputs, 0.5, f.Label)

let private objectiveOf (f: Joined) (model: MetaRecommender) =
    let weight random place = if place = 1 then 0.0 else aroundOne random
    let takes = f.SupportWeights && model.SupportWeighting = SupportWeighting.Differentiable
    objectiveOf f.Seed f.Label f.Lengths (if takes then Some weight else None) f.Offset model

let private coreOf (f: Joined) (model: MetaRecommender) arrays =
    let form = (box model :?> IHasForm<MamoForm>).Form
    new FusedMamo<float>(form, model.Label, arrays, f.Threads, Arithmetic<float>.Of f.Bits)

let private isExact (f: Joined) =
    let model = modelOf f
    let case, batch, weights = objectiveOf f model

    inDouble (fun arrays -> coreOf f model arrays :> IFusedCore<float>) case batch weights
    |> equalsAutogradByFractions f.Lengths case batch weights

/// The memories after a batch.
let private writesAlike (f: Joined) =
    let model = modelOf f
    let case, batch, weights = objectiveOf f model
    let whole = [ List.init f.Lengths.Length id ]
    let expected = (cutInto whole 1 case TrainingPhase.Main weights batch).State
    let values = case.Values |> Map.map (fun _ v -> AlignedNumbers<float>(ReadOnlySpan v))
    let gradients = case.Values |> Map.map (fun _ v -> AlignedNumbers<float>(int64 v.Length))

    use core = coreOf f model (ParameterArrays<float>((fun name -> values[name]), (fun name -> gradients[name])))

    let losses = core.Forward(batch, ReadOnlySpan(supportOf weights))
    Expect.equal losses.Length batch.QueryItems.Length "a loss for each query"
    core.Backward(ReadOnlySpan(flat weights.Query), ReadOnlySpan(Array.ofList weights.User))
    let written = core.NewState |> Seq.map (fun struct (name, values) -> name, values) |> Map.ofSeq
    Expect.equal (Map.keys written |> List.ofSeq) (Map.keys expected |> List.ofSeq) "all memories"

    for KeyValue(name, values) in expected do
        // What users write of their weights was computed from support weights in single precision.
        near name (if weights.Support.IsSome then 1e-6 else 1e-9) values written[name]

let private fixedForm =
    {
        Seed = 5L
        Hidden = 32, 24
        EmbeddingDim = 8
        Slots = 3
        MemoryStep = 0.1
        Rates = 0.5, 0.05, 0.1
        Steps = 1
        Order = MetaGradientOrder.Second
        Label = LabelKind.Click
        Lengths = [ for i in 1..40 -> 1 + 7 * i % 60, 1 + 5 * i % 23 ]
        SupportWeights = true
        Offset = true
        Threads = 1
        Bits = 256
        ItemFields = true
        UserFields = true
    }

let private single (f: Joined) =
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

[<Tests>]
let tests =
    testList
        "FusedMamo"
        [
            propertyOf 300 "MAMO equals autograd on every form" <| Prop.forAll (Arb.fromGen form) isExact

            propertyOf 100 "MAMO writes the memories that autograd writes" <| Prop.forAll (Arb.fromGen form) writesAlike

            onForms "MAMO's numbers, exact on a larger batch" isExact

            onForms "MAMO: the same bytes with any number of threads, and again" (single >> sameBytesOnAllThreads)

            onForms "MAMO: every width of vectors, close in single precision" (single >> closeAtAllWidths)

            testCase "engine auto takes MAMO, and its memories move"
            <| fun () ->
                let model = ModelSpec.Registry.Named("MAMO").Create(schema, 0.5, LabelKind.Rating)
                Expect.isNull (FusedEngine.Refusal model) "no reason to refuse it"
                let parameters = model.CreateParameters 1L
                use engine = EngineSpec().Create(model, parameters)
                Expect.isTrue (engine :? FusedEngine) "fused"
                let before = parameters.Snapshot()
                let tasks = batch (tasks LabelKind.Rating 1L [ 3, 2; 4, 2 ])
                engine.Forward(tasks, ReadOnlySpan [||], null).ToArray() |> ignore
                engine.Backward(ReadOnlySpan(Array.create 4 0.25f), ReadOnlySpan [| 0.5f; 0.5f |])

                for parameter, old in Seq.zip parameters.All before do
                    Expect.equal
                        (parameter.Values.ToArray() <> old)
                        parameter.IsState
                        $"{parameter.Name}: state alone moves"
        ]
