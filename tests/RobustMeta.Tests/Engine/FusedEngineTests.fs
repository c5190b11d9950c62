/// The fused engine against automatic differentiation in double precision, over all forms that it takes.
module RobustMeta.Tests.Engine.FusedEngineTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open FsCheck.FSharp
open RobustMeta.Engine
open RobustMeta.Engine.Fused
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase

/// One case of the space: everything that the engine's code branches on.
type Form =
    {
        Seed: int64
        Hidden: int list
        Activation: Activation
        Adapted: bool list
        Context: int
        Rates: bool
        Steps: int
        Order: MetaGradientOrder
        Joint: bool
        Label: LabelKind
        Lengths: (int * int) list
        SupportWeights: bool
        Base: bool
        Threads: int
        Bits: int
        Dual: bool
        ItemFields: bool
        UserFields: bool
    }

let private form =
    gen {
        let! seed = Gen.choose (0, 1_000_000)
        let! depth = Gen.choose (1, 3)
        let! hidden = Gen.listOfLength depth (Gen.choose (1, 20))
        let! activation = Gen.elements (Enum.GetValues<Activation>())
        let! adapted = Gen.listOfLength (depth + 1) (Gen.elements [ true; true; false ])
        let! context = Gen.elements [ 0; 0; 1; 5 ]
        let! rates = Gen.elements [ false; false; true ]
        let! steps = Gen.elements [ 0; 1; 1; 1; 2; 3; 5 ]
        let! order = Gen.elements [ MetaGradientOrder.Second; MetaGradientOrder.Second; MetaGradientOrder.First ]
        let! joint = Gen.elements [ false; false; false; true ]
        let! label = Gen.elements [ LabelKind.Click; LabelKind.Rating ]
        let! users = Gen.choose (1, 6)

        let! lengths =
            Gen.listOfLength users (Gen.zip (Gen.oneof [ Gen.choose (1, 9); Gen.choose (1, 200) ]) (Gen.choose (1, 20)))

        let! weights = Gen.elements [ false; true ]
        let! hasBase = Gen.elements [ false; true ]
        let! threads = Gen.choose (1, 3)
        let! bits = Gen.elements [ 0; 128; 256; 512 ]
        let! dual = Gen.elements [ false; true ]
        let! items = Gen.elements [ true; true; true; false ]
        let! people = Gen.elements [ true; true; true; false ]

        return
            {
                Seed = int64 seed
                Hidden = hidden
                Activation = activation
                Adapted = if context > 0 then false :: adapted.Tail else adapted
                Context = context
                Rates = rates
                Steps = steps
                Order = order
                Joint = joint && context = 0 && not rates
                Label = label
                Lengths = lengths
                SupportWeights = weights
                Base = hasBase
                Threads = threads
                Bits = bits
                Dual = dual
                ItemFields = items || not people
                UserFields = people
            }
    }

let private modelOf (f: Form) : MetaRecommender =
    let inner = GradientAdaptedSpec(LocalLr = 0.3, InnerSteps = f.Steps, Order = f.Order)
    let none = ImmutableArray<InputField>.Empty

    let inputs =
        InputSchema(
            (if f.ItemFields then schema.ItemFields else none),
            (if f.UserFields then schema.UserFields else none),
            schema.EmbeddingDim
        )

    let hidden = ImmutableArray.CreateRange f.Hidden

    if f.Joint then
        JointModel("Joint", hidden, inner, inputs, 0.5, f.Label)
    else
        let form =
            PerceptronForm(
                inputs,
                hidden,
                f.Activation,
                ImmutableArray.CreateRange f.Adapted,
                f.Context,
                f.Rates,
                inner
            )

        PerceptronModel("Form", form, 0.5, f.Label)

let private objectiveOf (f: Form) (model: MetaRecommender) =
    let case = caseOf f.Seed model
    let tasks = tasks f.Label f.Seed f.Lengths
    let random = Seeds.Generator(f.Seed, "weights")
    let draw _ = 0.2 + random.NextDouble()

    let weights =
        {
            Support =
                if f.SupportWeights && model.SupportWeighting = SupportWeighting.Differentiable then
                    Some(tasks |> List.map (fun t -> t.Support |> List.map draw))
                else
                    None
            Query = tasks |> List.map (fun t -> t.Query |> List.map draw)
            User = tasks |> List.map draw
        }

    let batch = batch tasks
    case, (if f.Base then withBase f.Label tasks batch else batch), weights

let private flat (rows: float list list) = rows |> List.concat |> Array.ofList

let private arraysOf (case: Case) =
    let values = case.Values |> Map.map (fun _ v -> Array.copy v)
    let gradients = case.Values |> Map.map (fun _ v -> Array.zeroCreate<float> v.Length)
    ParameterArrays<float>((fun name -> values[name]), (fun name -> gradients[name])), gradients

let private fused (f: Form) (model: MetaRecommender) (case: Case) (batch: TaskBatch) (weights: Weights) =
    let arrays, gradients = arraysOf case
    use core = new FusedPerceptron<float>(model, arrays, f.Threads, Arithmetic<float>.Of f.Bits, Nullable f.Dual)
    let support = weights.Support |> Option.map flat |> Option.defaultValue [||]
    let scores = core.Predict batch
    // Twice: the second pass must not see anything of the first.
    for _ in 1..2 do
        let losses = core.Forward(batch, ReadOnlySpan support)
        Expect.equal losses.Length batch.QueryItems.Length "a loss for each query"
        core.Backward(ReadOnlySpan(flat weights.Query), ReadOnlySpan(Array.ofList weights.User))

    scores, gradients, core.SupportGradient.ToArray()

let private isExact (f: Form) =
    let model = modelOf f
    let case, batch, weights = objectiveOf f model
    let expected = objective true case TrainingPhase.Main weights batch
    let expectedScores = Array.concat (scores case batch)
    let scores, gradients, support = fused f model case batch weights
    near "scores" 1e-9 expectedScores scores
    nearGradients "gradients" 1e-9 expected.Gradients gradients

    if weights.Support.IsSome then
        let tasks = tasks f.Label f.Seed f.Lengths
        // The oracle pads supports to the longest.
        let longest = tasks |> List.map _.Support.Length |> List.max

        let ragged =
            tasks |> List.mapi (fun u t -> Array.sub expected.Support (u * longest) t.Support.Length) |> Array.concat

        near "support weights" 1e-9 ragged support

[<Tests>]
let tests =
    testList
        "FusedEngine"
        [
            testPropertyWithConfig { FsCheckConfig.defaultConfig with maxTest = 300 } "equals autograd on every form"
            <| Prop.forAll (Arb.fromGen form) isExact
        ]
