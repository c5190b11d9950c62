module RobustMeta.Tests.Models.MeLUTests

open System.Collections.Generic
open System.Collections.Immutable
open Expecto
open RobustMeta.Models
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Tests.TinyWorld
open TorchSharp

let private double (values: float[]) (shape: int[]) : torch.Tensor =
    torch.tensor(values).reshape(Array.map int64 shape).requires_grad_()

let private model label steps localLr order =
    MeLUSpec(
        HiddenDim1 = 4,
        HiddenDim2 = 3,
        Inner = GradientAdaptedSpec(LocalLr = localLr, InnerSteps = steps, Order = order)
    )
        .Create(schema, 0.1, label)

let private lengths = [ 3, 2; 1, 4; 5, 1; 2, 3 ]

let private weightsOf (select: Task -> 'a list) (tasks: Task list) =
    tasks |> List.mapi (fun u task -> select task |> List.mapi (fun j _ -> 0.3 + 0.2 * float u + 0.1 * float j))

let private near what (tolerance: float) (expected: float[]) (actual: float[]) =
    Expect.equal actual.Length expected.Length $"{what}: length"
    let scale = expected |> Array.fold (fun m x -> max m (abs x)) 1e-3

    Array.iteri2
        (fun i e a -> Expect.isLessThan (abs (e - a) / scale) tolerance $"{what}[{i}]: {e} against {a}")
        expected
        actual

let private values (t: torch.Tensor) = t.detach().contiguous().data<float>().ToArray()

/// Padded [B, L] from lists of users.
let private padded (rows: float list list) =
    let length = rows |> List.map List.length |> List.max

    let flat =
        [|
            for row in rows do
                yield! row
                yield! List.replicate (length - row.Length) 0.0
        |]

    double flat [| rows.Length; length |]

/// Objective and gradients by the model, in double precision.
let private byModel
    (model: MetaRecommender)
    (theta: Dictionary<string, torch.Tensor>)
    tasks
    supportWeights
    queryWeights
    =
    use scope = torch.NewDisposeScope()
    let tensors = TaskTensors.Of(batch tasks, torch.ScalarType.Float64)
    let a: torch.Tensor = padded supportWeights
    tensors.SupportWeights <- a
    let scores = model.Predict(theta, tensors, TrainingPhase.Main).Scores
    let losses = Losses.Of(model.Label, scores, tensors.Query.Labels)
    let total = (losses * (padded queryWeights)).sum()
    total.backward ()
    let gradient (t: torch.Tensor) = if isNull t.grad then Array.zeroCreate (int (t.numel ())) else values t.grad
    total.item<float>(), theta |> Seq.map (fun p -> p.Key, gradient p.Value) |> Map.ofSeq, gradient a

let private cases =
    [
        for label in [ LabelKind.Click; LabelKind.Rating ] do
            for steps in [ 0; 1; 3 ] do
                label, steps
    ]

[<Tests>]
let tests =
    testList
        "MeLU"
        [
            for label, steps in cases do
                testCase $"second order, {label}, {steps} steps: loop and finite differences"
                <| fun () ->
                    let model = model label steps 0.1 MetaGradientOrder.Second
                    let tasks = tasks label 5L lengths
                    let a, w = weightsOf _.Support tasks, weightsOf _.Query tasks
                    let start = parameters model 3L
                    let theta = Dictionary(start |> List.map (fun (n, s, v) -> KeyValuePair(n, double v s)))
                    let plain = start |> List.map (fun (n, _, v) -> n, v) |> Map.ofList
                    let total, gradients, supportGradient = byModel model theta tasks a w
                    let oracle = NaiveMeLU.objective schema label steps 0.1 a w tasks
                    Expect.floatClose Accuracy.high total (oracle plain) "objective"
                    let expected = NaiveMeLU.differences oracle plain

                    for KeyValue(name, gradient) in gradients do
                        near name 1e-6 expected[name] gradient

                    let byWeights =
                        [|
                            for u in 0 .. a.Length - 1 do
                                for j in 0..4 do
                                    if j >= a[u].Length then
                                        0.0 // padding must have no gradient at all
                                    else
                                        let at x =
                                            let moved =
                                                a
                                                |> List.mapi (fun u' row ->
                                                    row
                                                    |> List.mapi (fun j' v -> if u' = u && j' = j then v + x else v))

                                            NaiveMeLU.objective schema label steps 0.1 moved w tasks plain

                                        (at 1e-6 - at -1e-6) / 2e-6
                        |]

                    near "support weights" 1e-6 byWeights supportGradient

            for label, steps in cases do
                testCase $"first order, {label}, {steps} steps: finite differences with the adaptation held"
                <| fun () ->
                    let model = model label steps 0.1 MetaGradientOrder.First
                    let tasks = tasks label 6L lengths

                    let ones, w =
                        tasks |> List.map (fun t -> t.Support |> List.map (fun _ -> 1.0)), weightsOf _.Query tasks

                    let start = parameters model 4L
                    let theta = Dictionary(start |> List.map (fun (n, s, v) -> KeyValuePair(n, double v s)))
                    let plain = start |> List.map (fun (n, _, v) -> n, v) |> Map.ofList
                    let _, gradients, _ = byModel model theta tasks ones w

                    let expected =
                        NaiveMeLU.differences (NaiveMeLU.frozenObjective schema label steps 0.1 w tasks plain) plain

                    for KeyValue(name, gradient) in gradients do
                        near name 1e-6 expected[name] gradient

            testCase "the parameter counts of the published sizes"
            <| fun () ->
                // MovieLens-1M in the MeLU paper: eight fields of width 32 into 64-64-1.
                let fields (sizes: int list) =
                    ImmutableArray.CreateRange<InputField>(
                        sizes
                        |> List.mapi (fun i size ->
                            TokenField($"f{i}", size, ImmutableArray.Create(0, 1), ImmutableArray.Create 1))
                    )

                let model =
                    MeLUSpec(HiddenDim1 = 64, HiddenDim2 = 64)
                        .Create(
                            InputSchema(fields [ 6; 25; 2186; 8030 ], fields [ 2; 7; 21; 3402 ], 32),
                            0.1,
                            LabelKind.Rating
                        )

                let parameters = model.CreateParameters 1L
                let head = parameters.All |> Seq.filter (fun p -> p.Name.StartsWith "head") |> Seq.sumBy _.Size
                Expect.equal head 20_673 "MLP"
                Expect.equal parameters.Size 458_401L "all"
        ]
