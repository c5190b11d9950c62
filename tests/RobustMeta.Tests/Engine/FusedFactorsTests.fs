/// The fused engine's fold-in of users into a factorisation (MetaPMF) against automatic differentiation in double precision, over all
/// forms that it takes.
module RobustMeta.Tests.Engine.FusedFactorsTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open FsCheck.FSharp
open RobustMeta.Runtime.Vectors
open RobustMeta.Engine
open RobustMeta.Engine.Fused
open RobustMeta.Engine.Fused.Factors
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Models.Factors
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.FusedCase
open RobustMeta.Tests.Properties

/// Which fields a side has.
type Fields =
    | All
    | Tokens
    | Numbers
    | Without

/// One case of the space: everything that the engine's code branches on.
type Fold =
    {
        Seed: int64
        Factors: int
        Steps: int
        Label: LabelKind
        Lengths: (int * int) list
        SupportWeights: bool
        Offset: bool
        Threads: int
        Bits: int
        Items: Fields
        Users: Fields
        Exposed: Exposed
        LearnVectors: bool
        IsSafe: bool
    }

let private fold =
    gen {
        let! seed = Gen.choose (0, 1_000_000)
        let! factors = Gen.elements [ 1; 2; 3; 7; 8; 15; 16; 17; 20 ]
        let! steps = Gen.elements [ 1; 2; 3; 5 ]
        let! label = Gen.elements [ LabelKind.Click; LabelKind.Rating ]
        let! users = Gen.choose (1, 6)

        let! lengths =
            Gen.listOfLength
                users
                (Gen.zip (Gen.oneof [ Gen.choose (0, 3); Gen.choose (1, 25); Gen.choose (1, 200) ]) (Gen.choose (1, 20)))

        let! weights = Gen.elements [ false; true ]
        let! hasOffset = Gen.elements [ false; true ]
        let! threads = Gen.choose (1, 3)
        let! bits = Gen.elements [ 0; 128; 256; 512 ]
        let! items = Gen.elements [ All; All; All; Tokens; Numbers; Without ]
        let! people = Gen.elements [ All; Tokens; Numbers; Without ]
        let! exposed = Gen.elements [ Not; Not; ByAll; ByPositives ]
        let! vectors = Gen.elements [ false; true ]
        let! isSafe = Gen.elements [ false; false; true ]

        return
            {
                Seed = int64 seed
                Factors = factors
                Steps = steps
                Label = label
                // A padded batch has at least one support interaction.
                Lengths = if List.forall (fst >> (=) 0) lengths then (1, 1) :: lengths else lengths
                SupportWeights = weights
                Offset = hasOffset
                Threads = threads
                Bits = bits
                Items = items
                Users = people
                Exposed = if items = All || items = Tokens then exposed else Not
                LearnVectors = vectors
                IsSafe = isSafe && (items = All || items = Tokens)
            }
    }

/// Hours of use of each user, beside the age of the tiny world.
let private hours = NumericField("hours", ImmutableArray.Create(0.3f, -1.2f, 0.8f, 1.7f, -0.4f))

let private modelOf (f: Fold) : MetaRecommender =
    let fieldsOf kind (all: InputField seq) =
        all
        |> Seq.filter (fun field ->
            match kind, field with
            | All, _ -> true
            | Tokens, (:? TokenField) -> true
            | Numbers, (:? NumericField) -> true
            | _ -> false)
        |> ImmutableArray.CreateRange

    let inputs =
        InputSchema(
            fieldsOf f.Items schema.ItemFields,
            fieldsOf f.Users (Seq.append schema.UserFields [ hours ]),
            3,
            HasDrawnNegatives = (f.Exposed = ByPositives)
        )

    MetaPmfSpec(
        Factors = f.Factors,
        FoldInSteps = f.Steps,
        LearnVectors = f.LearnVectors,
        UserPrior =
            (if f.IsSafe then PriorKind.Safe
             elif f.Exposed = Not then PriorKind.Plain
             else PriorKind.Exposure),
        ExposureRank = 3
    )
        .Create(inputs, 0.5, f.Label)

/// Support weights around one, every fourth of them zero.
let private objectiveOf (f: Fold) model =
    let weight (random: Random) _ = if random.Next 4 = 0 then 0.0 else aroundOne random
    objectiveOf f.Seed f.Label f.Lengths (if f.SupportWeights then Some weight else None) f.Offset model

let private agrees (f: Fold) (model: MetaRecommender) (case: Case, batch: TaskBatch, weights: Weights) =
    let arithmetic = Arithmetic<float>.Of f.Bits

    inDouble
        (fun arrays -> FusedCores.Create<float>(model, model.Phases[0], arrays, f.Threads, arithmetic))
        case
        batch
        weights
    |> fun result ->
        let predicted, _, _, _ = result
        near "scores" 1e-9 (Array.concat (scores case batch)) predicted
        trainsAsAutograd model.Phases[0] f.Lengths case batch weights result

let private isExact (f: Fold) =
    let model = modelOf f
    objectiveOf f model |> agrees f model

/// Supports of few of many items: blocks of items hold items of supports, of both, and of queries alone.
let private manyItems (f: Fold) =
    let count = 200
    let starts = ImmutableArray.CreateRange [ 0..count ]
    let id = TokenField("id", count + 1, starts, ImmutableArray.CreateRange [ 1..count ])
    let inputs = InputSchema(ImmutableArray.Create<InputField> id, ImmutableArray.Empty, 3)

    let model =
        MetaPmfSpec(Factors = 5, LearnVectors = f.LearnVectors, UserPrior = PriorKind.Exposure, ExposureRank = 3)
            .Create(inputs, 0.5, f.Label)

    let label item = float32 ((item * 7) % 2)

    let tasks: Task list =
        [
            for user, items in [ 0, 10; 1, 90 ] ->
                {
                    User = user
                    Support = [ for i in 0 .. items - 1 -> i, label i ]
                    Query = [ for i in items .. count - 1 -> i, label (i + user) ]
                }
        ]

    let weights: Weights =
        {
            Support = Some [ for task in tasks -> [ for i, _ in task.Support -> 0.5 + float (i % 3) ] ]
            Query = [ for task in tasks -> [ for i, _ in task.Query -> 0.1 + float (i % 4) ] ]
            User = [ 1.0; 1.0 ]
        }

    let lengths = tasks |> List.map (fun task -> task.Support.Length, task.Query.Length)
    agrees { f with Lengths = lengths } model (caseOf 3L model, batch tasks, weights)

let private fixedForm =
    {
        Seed = 5L
        Factors = 16
        Steps = 3
        Label = LabelKind.Click
        Lengths = [ for i in 1..60 -> 1 + 7 * i % 60, 1 + 5 * i % 23 ]
        SupportWeights = true
        Offset = true
        Threads = 1
        Bits = 256
        Items = All
        Users = All
        Exposed = Not
        LearnVectors = true
        IsSafe = false
    }

let private single (f: Fold) =
    let model = modelOf f
    let _, batch, weights = objectiveOf f model
    inSingle f.Seed model batch weights

let private forms =
    [
        "clicks", fixedForm
        "ratings with constant items", { fixedForm with Label = LabelKind.Rating; LearnVectors = false }
        "clicks with exposure of positives", { fixedForm with Exposed = ByPositives; LearnVectors = false }
        "clicks with a safe prior", { fixedForm with IsSafe = true; LearnVectors = false }
    ]

let private onForms name test = onForms forms name test

[<Tests>]
let tests =
    testList
        "FusedFactors"
        [
            propertyOf 300 "equals autograd on every form" <| Prop.forAll (Arb.fromGen fold) isExact

            onForms "equals autograd on several blocks of items" manyItems

            onForms "the same bytes with any number of threads, and again" (single >> sameBytesOnAllThreads)

            onForms "every width of vectors, close in single precision" (single >> closeAtAllWidths)

            testCase "the curvature of the logistic bound and its slope, small scores as well"
            <| fun () ->
                let curvature z =
                    let s = sqrt (z * z + 1e-6)
                    tanh (s / 2.0) / (2.0 * s)

                for z in [ 0.0; 1e-4; -0.02; 0.031; 0.0315; -0.04; 0.7; -3.0; 40.0 ] do
                    let struct (value, bend) = LogisticBound<float>.At z
                    let h = 1e-4
                    // Differences to fourth order.
                    let slope =
                        (8.0 * (curvature (z + h) - curvature (z - h)) - curvature (z + 2.0 * h)
                         + curvature (z - 2.0 * h))
                        / (12.0 * h)

                    Expect.floatClose Accuracy.veryHigh value (curvature z) $"curvature at {z}"
                    Expect.isLessThan (abs (bend - slope)) 2e-11 $"slope at {z}"

            testCase "engine auto takes the model, and gives rows of items gradients where they are learned"
            <| fun () ->
                for learned in [ false; true ] do
                    let model = MetaPmfSpec(Factors = 2, LearnVectors = learned).Create(schema, 0.5, LabelKind.Rating)
                    Expect.isNull (FusedEngine.Refusal model) "no reason to refuse"
                    let parameters = model.CreateParameters 1L
                    use engine = new FusedEngine(model, parameters, 1, 0)

                    for item in [ 2; 4 ] do
                        let task: Task = { User = 0; Support = [ item, 1f ]; Query = [ item, 0f ] }
                        Expect.equal (engine.Forward(batch [ task ], ReadOnlySpan [||], null).Length) 1 "one query"
                        engine.Backward(ReadOnlySpan [| 1f |], ReadOnlySpan [| 1f |])

                        for name in [ "item.id"; "spread.id" ] do
                            let table = parameters[name]
                            let width = table.RowWidth
                            let row r = table.Gradient.AsSpan(r * width, width).ToArray()
                            let rows = [ 0 .. table.Size / width - 1 ] |> List.filter (row >> Array.exists ((<>) 0f))
                            Expect.equal rows (if learned then [ item + 1 ] else []) $"rows of {name} with a gradient"

                            if learned then
                                Expect.equal
                                    (table.TouchedRows.Value.ToArray())
                                    [| item + 1 |]
                                    $"touched rows of {name}"

            testCase "a safe prior whose exposure is never worth anything gives the plain model's scores"
            <| fun () ->
                let model = modelOf { fixedForm with IsSafe = true }
                Expect.isNull (FusedEngine.Refusal model) "no reason to refuse"
                let case, batch, _ = objectiveOf { fixedForm with IsSafe = true } model

                let scoresAt odds =
                    let values =
                        case.Values.Add("exposure.odds", [| odds |])
                        |> Map.map (fun _ v -> AlignedNumbers<float>(ReadOnlySpan v))

                    let arrays = ParameterArrays<float>((fun name -> values[name]), (fun name -> values[name]))
                    use core = FusedCores.Create<float>(model, model.Phases[0], arrays, 1, Arithmetic<float>.Best)
                    core.Predict batch

                let never, rarely, always = scoresAt SafeMixture.Never, scoresAt -1e3, scoresAt 1e3
                near "next to nothing" 1e-12 never rarely
                Expect.isGreaterThan (Seq.max (Seq.map2 (fun a b -> abs (a - b)) never always)) 1e-3 "exposure matters"

            testCase "negative support weights and Backward without Forward are refused"
            <| fun () ->
                let model = modelOf fixedForm
                use engine = new FusedEngine(model, model.CreateParameters 1L, 1, 0)
                let task: Task = { User = 0; Support = [ 1, 1f ]; Query = [ 2, 0f ] }

                Expect.throwsT<ArgumentException>
                    (fun () -> engine.Forward(batch [ task ], ReadOnlySpan [| -1f |], null).ToArray() |> ignore)
                    "weight −1"

                Expect.throwsT<InvalidOperationException>
                    (fun () -> engine.Backward(ReadOnlySpan [||], ReadOnlySpan [||]))
                    "no batch"
        ]
