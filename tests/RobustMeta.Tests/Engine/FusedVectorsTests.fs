/// The fused engine's vectors of users (MetaEmb, MWUF, and their pretraining) against automatic differentiation in double precision,
/// over all their forms.
module RobustMeta.Tests.Engine.FusedVectorsTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open FsCheck.FSharp
open RobustMeta.Engine
open RobustMeta.Engine.Fused
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.FusedCase
open RobustMeta.Tests.Properties

/// One case of the space: everything that the engine's code branches on. No learning rate is MWUF.
type Vectors =
    {
        Seed: int64
        LocalLr: float option
        Alpha: float
        Vector: int
        Hidden: int
        MetaHidden: int
        IsPretraining: bool
        Label: LabelKind
        Lengths: (int * int) list
        SupportWeights: bool
        Offset: bool
        Threads: int
        Bits: int
        ItemFields: bool
        UserFields: bool
    }

let private vectors =
    gen {
        let! seed = Gen.choose (0, 1_000_000)
        let! rate = Gen.elements [ None; None; None; Some 0.0; Some 0.1; Some 2.0 ]
        let! alpha = Gen.elements [ 0.0; 0.1; 0.6; 1.0 ]
        let! vector = Gen.choose (1, 20)
        let! hidden = Gen.choose (1, 20)
        let! meta = Gen.choose (1, 20)
        let! pretraining = Gen.elements [ true; false; false ]
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
        let! items = Gen.elements [ true; true; true; false ]
        let! people = Gen.elements [ true; true; true; false ]

        return
            {
                Seed = int64 seed
                LocalLr = rate
                Alpha = alpha
                Vector = vector
                Hidden = hidden
                MetaHidden = meta
                IsPretraining = pretraining
                Label = label
                Lengths = lengths
                SupportWeights = weights
                Offset = hasOffset
                Threads = threads
                Bits = bits
                ItemFields = items
                UserFields = people
            }
    }

let private modelOf (f: Vectors) : MetaRecommender =
    let kept isKept (fields: ImmutableArray<InputField>) = if isKept then fields else ImmutableArray<InputField>.Empty

    let inputs =
        InputSchema(
            kept f.ItemFields schema.ItemFields,
            kept f.UserFields schema.UserFields,
            schema.EmbeddingDim,
            UserIdentity = schema.UserIdentity
        )

    match f.LocalLr with
    | Some rate ->
        MetaEmbSpec(
            IndHiddenDim = f.Vector,
            HiddenDim1 = f.Hidden,
            HiddenDim2 = f.MetaHidden,
            LocalLr = rate,
            Alpha = f.Alpha
        )
            .Create(inputs, 0.5, f.Label)
    | None ->
        MwufSpec(IndHiddenDim = f.Vector, HiddenDim1 = f.Hidden, HiddenDim2 = f.MetaHidden).Create(inputs, 0.5, f.Label)

/// Support weights around one, in supports of several interactions the second of them zero.
let private objectiveOf (f: Vectors) model =
    let weight random place = if place = 1 then 0.0 else aroundOne random
    objectiveOf f.Seed f.Label f.Lengths (if f.SupportWeights then Some weight else None) f.Offset model

let private phaseOf (f: Vectors) (model: MetaRecommender) = model.Phases[if f.IsPretraining then 0 else 1]

let private isExact (f: Vectors) =
    let model = modelOf f
    let phase = phaseOf f model
    let case, batch, weights = objectiveOf f model

    let result =
        inDouble
            (fun arrays -> FusedCores.Create<float>(model, phase, arrays, f.Threads, Arithmetic<float>.Of f.Bits))
            case
            batch
            weights

    trainsAsAutograd phase f.Lengths case batch weights result

    // A core of the pretraining scores trained users, evaluation cold ones.
    if not f.IsPretraining then
        let predicted, _, _, _ = result
        near "scores" 1e-9 (Array.concat (scores case batch)) predicted

let private fixedForm =
    {
        Seed = 5L
        LocalLr = Some 0.1
        Alpha = 0.1
        Vector = 32
        Hidden = 32
        MetaHidden = 16
        IsPretraining = false
        Label = LabelKind.Click
        Lengths = [ for i in 1..60 -> 1 + 7 * i % 60, 1 + 5 * i % 23 ]
        SupportWeights = true
        Offset = true
        Threads = 1
        Bits = 256
        ItemFields = true
        UserFields = true
    }

let private single (f: Vectors) =
    let model = modelOf f
    let _, batch, weights = objectiveOf f model
    inPhase (phaseOf f model) f.Seed model batch weights

let private forms =
    [
        "MetaEmb", fixedForm
        "MetaEmb of ratings", { fixedForm with Label = LabelKind.Rating }
        "MWUF", { fixedForm with LocalLr = None }
        "MWUF of ratings", { fixedForm with LocalLr = None; Label = LabelKind.Rating }
        "pretraining", { fixedForm with IsPretraining = true }
    ]

let private onForms name test = onForms forms name test

/// Gradients of both engines, and the rows that the fused one says it touched, through phases of training with steps down the gradient.
let private throughPhases (f: Vectors) =
    let model = modelOf f
    let tasks = tasks f.Label f.Seed [ 9, 3; 4, 2; 1, 1 ]
    let batches = [ batch tasks; batch (List.rev tasks.Tail); batch [ tasks.Head ] ]

    let train (create: ParameterSet -> IMetaGradientEngine) =
        use engine = create (model.CreateParameters 5L)

        [
            for phase in [ model.Phases[0]; model.Phases[1]; model.Phases[0]; model.Phases[1] ] do
                for batch in batches do
                    let query = Array.create batch.QueryItems.Length 0.3f
                    let losses = engine.Forward(batch, ReadOnlySpan [||], phase).ToArray()
                    engine.Backward(ReadOnlySpan query, ReadOnlySpan(Array.create batch.Count 0.7f))

                    let gradients =
                        [
                            for parameter in engine.Parameters.All ->
                                parameter.Name, Array.map float (parameter.Gradient.ToArray())
                        ]

                    for parameter in engine.Parameters.All do
                        if not (phase.Learns parameter) then
                            Expect.all parameter.Gradient ((=) 0f) $"{phase.Name} does not learn {parameter.Name}"

                        if parameter.TouchedRows.HasValue then
                            let touched = Set.ofArray (parameter.TouchedRows.Value.ToArray())

                            parameter.Gradient
                            |> Seq.iteri (fun i g ->
                                if not (touched.Contains(i / parameter.RowWidth)) then
                                    Expect.equal g 0f $"row {i / parameter.RowWidth} of {parameter.Name}")

                        for i in 0 .. parameter.Size - 1 do
                            parameter.Values[i] <- parameter.Values[i] - 0.05f * parameter.Gradient[i]

                    Array.map float losses, Map.ofList gradients, Array.map float (engine.Predict batch)
        ]

    train (fun p -> new FusedEngine(model, p, 2, 0)), train (fun p -> new AutogradEngine(model, p, 1))

[<Tests>]
let tests =
    testList
        "FusedVectors"
        [
            propertyOf 300 "MetaEmb, MWUF and their pretraining equal autograd on every form"
            <| Prop.forAll (Arb.fromGen vectors) isExact

            onForms
                "vectors of users: the same bytes with any number of threads, and again"
                (single >> sameBytesOnAllThreads)

            onForms "vectors of users: every width of vectors, close in single precision" (single >> closeAtAllWidths)

            testList
                "both engines train alike, from phase to phase"
                [
                    for name, form in forms |> List.take 4 do
                        testCase name
                        <| fun () ->
                            let fused, autograd = throughPhases form

                            for (l, g, p), (losses, gradients, scores) in List.zip fused autograd do
                                near "losses" 1e-4 losses l
                                nearGradients "gradients" 1e-3 gradients g
                                near "scores" 1e-4 scores p
                ]

            testCase
                "engine auto takes MetaEmb and MWUF; Backward without Forward and phases of other models are errors"
            <| fun () ->
                for name in [ "MetaEmb"; "MWUF" ] do
                    let model = ModelSpec.Registry.Named(name).Create(schema, 0.5, LabelKind.Rating)
                    Expect.isNull (FusedEngine.Refusal model) $"no reason to refuse {name}"
                    use engine = EngineSpec().Create(model, model.CreateParameters 1L)
                    Expect.isTrue (engine :? FusedEngine) $"{name} is fused"

                    Expect.throwsT<InvalidOperationException>
                        (fun () -> engine.Backward(ReadOnlySpan [||], ReadOnlySpan [||]))
                        "no batch"

                    let task: Task = { User = 0; Support = [ 1, 1f ]; Query = [ 2, 0f ] }
                    let forward () = engine.Forward(batch [ task ], ReadOnlySpan [||], TrainingPhase("other")).ToArray()

                    Expect.throwsC (forward >> ignore) (fun error ->
                        Expect.stringContains error.Message "has no phase 'other'; expected one of pretraining" "which")
        ]
