/// The fused engine against automatic differentiation in double precision, over all forms that it takes.
module RobustMeta.Tests.Engine.FusedEngineTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open FsCheck.FSharp
open RobustMeta.Runtime.Vectors
open RobustMeta.Engine
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Engine.Fused.Perceptron
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.FusedCase
open RobustMeta.Tests.FusedForm
open RobustMeta.Tests.Properties

let private fused (f: Form) (model: MetaRecommender) (case: Case) (batch: TaskBatch) (weights: Weights) =
    let arrays, gradients = arraysOf case

    use core =
        new FusedPerceptron<float>(
            (box model :?> IHasForm<PerceptronForm>).Form,
            model.Label,
            arrays,
            f.Threads,
            Arithmetic<float>.Of f.Bits,
            Nullable f.Dual,
            f.EntitiesPerToken
        )

    let support = weights.Support |> Option.map flat |> Option.defaultValue [||]
    let scores = core.Predict batch
    // Twice: the second pass must not see anything of the first.
    for _ in 1..2 do
        let losses = core.Forward(batch, ReadOnlySpan support)
        Expect.equal losses.Length batch.QueryItems.Length "a loss for each query"
        core.Backward(ReadOnlySpan(flat weights.Query), ReadOnlySpan(Array.ofList weights.User))

    scores, gradients |> Map.map (fun _ g -> g.ToArray()), core.SupportGradient.ToArray()

/// Numbers whose squares are still finite.
let private isMeasured (numbers: float seq) = numbers |> Seq.forall (fun x -> abs x < 1e150)

let private modelIsExact (f: Form) (model: MetaRecommender) =
    let case, batch, weights = objectiveOf f model
    let expected = objective case TrainingPhase.Main weights batch
    let expectedScores = Array.concat (scores case batch)
    let scores, gradients, support = fused f model case batch weights

    if Seq.collect id expected.Gradients.Values |> isMeasured then
        near "scores" 1e-9 expectedScores scores
        nearGradients "gradients" 1e-9 expected.Gradients gradients

        if weights.Support.IsSome then
            // To exposure an only support interaction matters.
            let ragged = if f.Exposed = Not then raggedFractions else raggedSupport
            near "support weights" 1e-9 (ragged f.Lengths expected.Support) support
    else
        // Steps that overflow do so in both.
        Expect.isFalse (Seq.collect id gradients.Values |> isMeasured) "gradients overflow"

let private isExact (f: Form) = modelIsExact f (modelOf f)

/// Items of three fields with one token each, of which `entitiesPerToken` 1 shares the last two and 0 all: their products between
/// items are looked up by pairs of tokens.
let private ofPairedFields (f: Form) =
    let items: InputField list =
        [
            single "id" 8 [ 1; 2; 3; 4; 5; 6; 7 ]
            single "kind" 3 [ 0; 1; 2; 0; 1; 2; 2 ]
            single "rated" 2 [ 1; 0; 0; 1; 1; 0; 1 ]
        ]

    let inner = GradientAdaptedSpec(LocalLr = 0.3, InnerSteps = f.Steps, Order = f.Order)
    let inputs = InputSchema(ImmutableArray.CreateRange items, schema.UserFields, schema.EmbeddingDim)
    let hidden = ImmutableArray.CreateRange f.Hidden
    let adapted = ImmutableArray.CreateRange f.Adapted
    PerceptronModel("Form", PerceptronForm(inputs, hidden, f.Activation, adapted, 0, false, inner), 0.5, f.Label)

let private inSinglePrecision (f: Form) =
    let model = modelOf f
    let _, batch, weights = objectiveOf f model
    inSingle f.Seed model batch weights

let private forms =
    [
        "one step", fixedForm
        "three steps", { fixedForm with Steps = 3; Dual = false }
        "own rates", { fixedForm with Rates = true; Dual = false }
        "context", { fixedForm with Adapted = [ false; false; false ]; Context = 7; Steps = 2 }
        "joint", { fixedForm with Joint = true }
    ]

/// Hidden widths, which layers adapt, and a local learning rate with which three steps reach scores of 1e30 and more.
let private diverging =
    [
        [ 7; 11 ], [ false; true; true ], 100.0
        [ 7; 11 ], [ true; true; true ], 3.0
        [ 5; 7; 11 ], [ false; true; true; false ], 100.0
        [ 7 ], [ true; true ], 100.0
    ]

let private isAloneAsTogether (f: Form) =
    aloneAsTogether (modelOf f) f.Seed f.Threads f.Bits (tasks f.Label f.Seed f.Lengths)

let private onForms name test = onForms forms name test

[<Tests>]
let tests =
    testList
        "FusedEngine"
        [
            propertyOf 300 "equals autograd on every form of perceptron" <| Prop.forAll (Arb.fromGen form) isExact

            // Weights of 1 and of 1e40 follow one another: what is kept of all steps in one place must not be taken back by subtraction.
            for hidden, adapted, rate in diverging do
                for rates in [ false; true ] do
                    testCase
                        $"equals autograd where steps diverge, layers {hidden}, adapted {adapted}, own rates {rates}"
                    <| fun () ->
                        let f =
                            { fixedForm with
                                Hidden = hidden
                                Adapted = adapted
                                Activation = Activation.LeakyRelu
                                Rates = rates
                                Steps = 3
                                Label = LabelKind.Rating
                                Lengths = [ 3, 2; 12, 3; 9, 20 ]
                            }

                        modelIsExact f (modelAt rate f)

            for order in Enum.GetValues<MetaGradientOrder>() do
                for steps in [ 1; 3 ] do
                    for entitiesPerToken in [ 0; 1 ] do
                        for bits in [ 128; 256; 512 ] do
                            testCase
                                $"products looked up by tokens, {order} order, {steps} steps, {entitiesPerToken} items a token, {bits} bits"
                            <| fun () ->
                                let f =
                                    { fixedForm with
                                        Hidden = [ 5; 4 ]
                                        Order = order
                                        Steps = steps
                                        Dual = (steps = 1)
                                        EntitiesPerToken = entitiesPerToken
                                        Bits = bits
                                        Threads = 2
                                        Lengths = [ for i in 1..12 -> 1 + 7 * i % 9, 1 + 5 * i % 7 ]
                                    }

                                modelIsExact f (ofPairedFields f)

            pinned
                { Seed = 3720985091208147419UL; Gamma = 16278147848764559121UL; Size = 92 }
                "an only support interaction has no gradient, however large its loss"
            <| Prop.forAll (Arb.fromGen form) (fun f -> isExact { f with Exposed = Not })

            propertyOf 200 "scores a user alone as in any batch, bit for bit"
            <| Prop.forAll (Arb.fromGen form) isAloneAsTogether

            testCase "a batch whose items share tokens scores users as alone, bit for bit"
            <| fun () ->
                isAloneAsTogether { fixedForm with Lengths = [ for i in 1..40 -> 1 + 37 * i % 200, 1 + 5 * i % 23 ] }

            onForms "the same bytes with any number of threads, and again" (inSinglePrecision >> sameBytesOnAllThreads)

            testCase "products looked up by tokens: the same bytes with any number of threads, and again"
            <| fun () ->
                for f in [ fixedForm; { fixedForm with Steps = 3; Dual = false } ] do
                    let model = ofPairedFields f
                    let _, batch, weights = objectiveOf f model
                    inSingle f.Seed model batch weights |> sameBytesOnAllThreads

            onForms "every width of vectors, close in single precision" (inSinglePrecision >> closeAtAllWidths)

            testCase "gradients of rows that an earlier batch touched are gone"
            <| fun () ->
                let model = modelOf fixedForm
                let parameters = model.CreateParameters 1L
                use engine = new FusedEngine(model, parameters, 1, 0)

                let touched items =
                    let task: Task = { User = 0; Support = [ items, 1f ]; Query = [ items, 0f ] }
                    let losses = engine.Forward(batch [ task ], ReadOnlySpan [||], null)
                    Expect.equal losses.Length 1 "one query"
                    engine.Backward(ReadOnlySpan [| 1f |], ReadOnlySpan [| 1f |])
                    let table = parameters["item.id"]
                    let width = table.RowWidth

                    Set
                        [
                            for row in 0 .. table.Size / width - 1 do
                                if Array.exists ((<>) 0f) (table.Gradient.AsSpan(row * width, width).ToArray()) then
                                    row
                        ],
                    Set(table.TouchedRows.Value.ToArray())

                Expect.equal (touched 2) (Set [ 3 ], Set [ 3 ]) "first"
                Expect.equal (touched 4) (Set [ 5 ], Set [ 5 ]) "second"

            testCase "a model of a form that no core computes is refused by name"
            <| fun () ->
                let model = modelOf { fixedForm with Hidden = []; Adapted = [ true ] }
                let refusal = FusedEngine.Refusal model
                Expect.equal refusal "Form has no hidden layer" "reason"

                Expect.throwsT<NotSupportedException>
                    (fun () -> (new FusedEngine(model, model.CreateParameters 1L, 1, 0)).Dispose())
                    refusal

            testCase "Backward without Forward is an error"
            <| fun () ->
                let model = modelOf fixedForm
                use engine = new FusedEngine(model, model.CreateParameters 1L, 1, 0)

                Expect.throwsT<InvalidOperationException>
                    (fun () -> engine.Backward(ReadOnlySpan [||], ReadOnlySpan [||]))
                    "no batch"

            testCase "a failing piece reaches the caller, and the pool works on"
            <| fun () ->
                use pool = new WorkerPool(3)

                Expect.throws
                    (fun () ->
                        pool.Run(
                            50,
                            fun _ piece ->
                                if piece = 17 then
                                    failwith "piece 17"
                        ))
                    "failure"

                for round in 1..2000 do
                    let done' = Array.zeroCreate<int> 7
                    pool.Run(7, fun _ piece -> done'[piece] <- done'[piece] + 1)
                    Expect.allEqual done' 1 $"round {round}"
                    // Long pauses now and then: the threads go to sleep and have to be woken.
                    if round % 500 = 0 then
                        Threading.Thread.Sleep 20

            testCase "threads that come late, more than there are cores, do nothing twice and nothing of another run"
            <| fun () ->
                use pool = new WorkerPool(2 * Environment.ProcessorCount + 3)
                let random = Random 4

                for round in 1..20000 do
                    let counts = Array.zeroCreate<int>(random.Next(2, 12))
                    pool.Run(counts.Length, fun _ piece -> Threading.Interlocked.Increment &counts[piece] |> ignore)

                    if counts |> Array.exists ((<>) 1) then
                        failtest $"round {round}: %A{counts}"
        ]
