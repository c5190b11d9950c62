/// Forms of the fused perceptron: everything that the engine's code branches on, and the models and objectives of them.
module RobustMeta.Tests.FusedForm

open System
open System.Collections.Immutable
open FsCheck
open FsCheck.FSharp
open RobustMeta.Runtime.Vectors
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Models
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.FusedCase
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
        Offset: bool
        Threads: int
        Bits: int
        Dual: bool
        EntitiesPerToken: int
        ItemFields: bool
        UserFields: bool
        Exposed: Exposed
    }

let internal form =
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
        let! hasOffset = Gen.elements [ false; true ]
        let! threads = Gen.choose (1, 3)
        let! bits = Gen.elements [ 0; 128; 256; 512 ]
        let! dual = Gen.elements [ false; true ]
        let! entitiesPerToken = Gen.choose (0, 2)
        let! items = Gen.elements [ true; true; true; false ]
        let! people = Gen.elements [ true; true; true; false ]
        let! exposed = Gen.elements [ Not; Not; ByAll; ByPositives ]

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
                Offset = hasOffset
                Threads = threads
                Bits = bits
                Dual = dual
                EntitiesPerToken = entitiesPerToken
                ItemFields = items || not people
                UserFields = people
                Exposed = exposed
            }
    }

let internal modelAt (rate: float) (f: Form) : MetaRecommender =
    let inner = GradientAdaptedSpec(LocalLr = rate, InnerSteps = f.Steps, Order = f.Order)
    let none = ImmutableArray<InputField>.Empty

    let inputs =
        inputsOf
            f.Exposed
            (if f.ItemFields then schema.ItemFields else none)
            (if f.UserFields then schema.UserFields else none)

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

/// Several steps of a smooth network must not diverge: units that saturate leave of 1 - φ² what rounding left of it, in the oracle as
/// well, and the steps after blow it up.
let private isToConverge (f: Form) =
    f.Steps > 1 && f.Activation <> Activation.Relu && f.Activation <> Activation.LeakyRelu

let internal modelOf (f: Form) = modelAt (if isToConverge f then 0.01 else 0.3) f

let internal objectiveOf (f: Form) (model: MetaRecommender) =
    let weight random _ = aroundOne random
    let takes = f.SupportWeights && model.SupportWeighting = SupportWeighting.Differentiable

    let case, batch, weights =
        objectiveOf f.Seed f.Label f.Lengths (if takes then Some weight else None) f.Offset model

    let tamed (name: string) values =
        if isToConverge f && name.StartsWith "rate." then
            Array.map ((*) 0.1) values
        else
            values

    { case with Values = Map.map tamed case.Values }, batch, weights

let internal fixedForm =
    {
        Seed = 5L
        Hidden = [ 32; 32 ]
        Activation = Activation.Relu
        Adapted = [ true; true; true ]
        Context = 0
        Rates = false
        Steps = 1
        Order = MetaGradientOrder.Second
        Joint = false
        Label = LabelKind.Click
        Lengths = [ for i in 1..40 -> 1 + 7 * i % 60, 1 + 5 * i % 23 ]
        SupportWeights = true
        Offset = true
        Threads = 1
        Bits = 256
        Dual = true
        EntitiesPerToken = 2
        ItemFields = true
        UserFields = true
        Exposed = Not
    }

let internal arraysOf (case: Case) =
    let values = case.Values |> Map.map (fun _ v -> AlignedNumbers<float>(ReadOnlySpan v))
    let gradients = case.Values |> Map.map (fun _ v -> AlignedNumbers<float>(int64 v.Length))
    ParameterArrays<float>((fun name -> values[name]), (fun name -> gradients[name])), gradients
