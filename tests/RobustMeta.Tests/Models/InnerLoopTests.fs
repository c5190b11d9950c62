/// The inner loop on the smallest model there is, ŷ = θx, with all values worked out by hand.
module RobustMeta.Tests.Models.InnerLoopTests

open Expecto
open RobustMeta.Models
open RobustMeta.Models.Layers
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open TorchSharp

type private Side = { X: float list; Y: float list; W: float list }

type private Result = { Loss: float; Theta: float; Rate: float; Support: float list; Query: float list }

/// Query loss after adaptation, and its derivatives with respect to θ, the rate and all weights.
let private run order steps (support: Side) (query: Side) =
    use scope = torch.NewDisposeScope()
    let f64 = torch.ScalarType.Float64
    let row (x: float list) = torch.tensor(Array.ofList x).reshape(1L, -1L)
    let interactions (side: Side) = side.Y |> List.map (fun y -> 0, float32 y)

    let tensors =
        TaskTensors.Of(batch [ { User = 0; Support = interactions support; Query = interactions query } ], f64)

    let supportWeights: torch.Tensor = (row support.W).requires_grad_()
    let queryWeights: torch.Tensor = (row query.W).requires_grad_()
    let theta: torch.Tensor = torch.tensor([| 0.5 |]).requires_grad_()
    let rate: torch.Tensor = torch.tensor([| 0.1 |]).requires_grad_()
    tensors.SupportWeights <- supportWeights
    let spec = GradientAdaptedSpec(InnerSteps = steps, Order = order)
    let loop = InnerLoop(spec, SupportLoss LabelKind.Rating)
    let score (x: Side) (theta: torch.Tensor) = theta * row x.X

    let fast =
        loop.Adapt([| InnerLoop.PerUser(theta, 1) |], [| rate |], (fun fast -> score support fast[0]), tensors, true)

    let losses = (score query fast[0] - row query.Y).square()
    let total = (losses * queryWeights).sum()
    total.backward ()

    let list (t: torch.Tensor) =
        if isNull t.grad then
            [ for _ in 1L .. t.numel () -> nan ]
        else
            List.ofArray (t.grad.data<float>().ToArray())

    {
        Loss = total.item<float>()
        Theta = (list theta)[0]
        Rate = (list rate)[0]
        Support = list supportWeights
        Query = list queryWeights
    }

let private one = { X = [ 2.0 ]; Y = [ 3.0 ]; W = [ 1.0 ] }
let private asked = { X = [ 1.5 ]; Y = [ 1.0 ]; W = [ 1.0 ] }
let private two = { X = [ 2.0; 1.0 ]; Y = [ 3.0; 0.0 ]; W = [ 0.25; 0.75 ] }
let private askedTwo = { X = [ 1.5; -1.0 ]; Y = [ 1.0; 2.0 ]; W = [ 0.6; 0.4 ] }
let private equal expected actual what = Expect.floatClose Accuracy.veryHigh actual expected what

[<Tests>]
let tests =
    testList
        "InnerLoop"
        [
            testCase "one step: θ' = 1.3"
            <| fun () ->
                let second = run MetaGradientOrder.Second 1 one asked
                equal 0.9025 second.Loss "loss"
                equal 0.57 second.Theta "second order: (1 − 0.1 · 8) · 2.85"
                equal 22.8 second.Rate "rate: −g_support · g_query, Meta-SGD"
                equal 2.85 (run MetaGradientOrder.First 1 one asked).Theta "first order"

            testCase "two steps: θ'' = 1.46"
            <| fun () ->
                let second = run MetaGradientOrder.Second 2 one asked
                equal 1.4161 second.Loss "loss"
                equal 0.1428 second.Theta "second order"
                equal 3.57 (run MetaGradientOrder.First 2 one asked).Theta "first order"

            testCase "weighted support and query: θ' = 0.625"
            <| fun () ->
                let second = run MetaGradientOrder.Second 1 two askedTwo
                equal 2.75859375 second.Loss "loss"
                equal 1.291875 second.Theta "second order"
                equal 1.9875 (run MetaGradientOrder.First 1 two askedTwo).Theta "first order"
                Expect.floatClose Accuracy.high second.Query[0] 0.00390625 "weight of a query interaction"
                equal 6.890625 second.Query[1] "weight of a query interaction"
                // With the sum of weights held: 1.59 and −0.19875; its own derivative takes their weighted mean off.
                let mean = 0.25 * 1.59 - 0.75 * 0.19875
                equal (1.59 - mean) second.Support[0] "weight of a support interaction"
                equal (-0.19875 - mean) second.Support[1] "weight of a support interaction"

            testCase "no step: the orders agree, and nothing is adapted"
            <| fun () ->
                let second, first = run MetaGradientOrder.Second 0 one asked, run MetaGradientOrder.First 0 one asked
                equal (-0.75) second.Theta "2 · 1.5 · (0.75 − 1)"
                equal second.Theta first.Theta "the same"
        ]
