module RobustMeta.Tests.Models.TaNPTests

open System
open System.Collections.Immutable
open Expecto
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Models.Layers
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Training
open TorchSharp

let private matrix (rows: float list list) =
    torch.tensor(rows |> List.concat |> Array.ofList).reshape(int64 rows.Length, -1L)

let private itemCount = 60

let private identity =
    let rows = ImmutableArray.CreateRange [ 0..itemCount ]
    let id = TokenField("id", itemCount + 1, rows, ImmutableArray.CreateRange [ 1..itemCount ])
    InputSchema(ImmutableArray.Create<InputField> id, ImmutableArray.Empty, 16)

/// Users who differ in how many items they like, and items in by how many they are liked.
let private liking seed : Task list =
    let random = Seeds.Generator(seed, "liked items")
    let quality = [| for _ in 1..itemCount -> 1.5 * random.NextGaussian() |]

    [
        for _ in 1..200 do
            let level = random.NextGaussian()

            let rated =
                [
                    for item in random.Permutation itemCount |> Array.take 20 do
                        let chance = 1.0 / (1.0 + exp -(level + quality[item]))
                        item, (if random.NextDouble() < chance then 1f else 0f)
                ]

            { User = 0; Support = List.take 8 rated; Query = List.skip 8 rated }
    ]

/// Mean training loss of each epoch, from a start that may be changed.
let private losses seed epochs change =
    let tasks = Array.ofList (liking seed)
    let model = TaNPSpec().Create(identity, TaNPSpec().DefaultEmbeddingScale, LabelKind.Click)
    let parameters = model.CreateParameters seed
    change parameters
    use engine = new FusedEngine(model, parameters, 1)
    let optimizer = Optimizer.Of(OptimizerKind.Adam, parameters, 0.0)
    let learned = parameters.All |> Seq.filter (fun p -> not p.IsState) |> Array.ofSeq
    let size = 20

    [
        for epoch in 1..epochs do
            let order = Seeds.Generator(seed, "order", $"{epoch}").Permutation tasks.Length

            order
            |> Array.chunkBySize size
            |> Array.averageBy (fun places ->
                let batch = batch [ for place in places -> tasks[place] ]
                let own = engine.Forward(batch).ToArray()
                let query = Array.create own.Length (1f / float32 own.Length)
                engine.Backward(ReadOnlySpan query, ReadOnlySpan(Array.create size (1f / float32 size)))
                optimizer.Step(learned, 0.01, 1.0)
                own |> Array.averageBy float)
    ]

/// The loss of who knows how many items each user likes, and not which.
let private usersMeans seed =
    liking seed
    |> List.averageBy (fun task ->
        let p = task.Support @ task.Query |> List.averageBy (snd >> float)
        if p <= 0.0 || p >= 1.0 then 0.0 else -p * log p - (1.0 - p) * log (1.0 - p))

/// The start of a dense layer for the decoder's weights of z, too.
let private noisy seed (parameters: ParameterSet) =
    let weight = parameters["decoder.0.weight"]
    let inputs = weight.Shape[0]
    let other = ParameterShape.Rectified("decoder.0.weight", inputs, inputs, weight.Shape[1]).Create seed
    other.Values.AsSpan().CopyTo(weight.Values.AsSpan())

let private startsSoon () =
    let epochs = 16
    let seeds = [ 1L .. 10L ]
    let own = [ for seed in seeds -> List.last (losses seed epochs ignore) / usersMeans seed ]
    let before = [ for seed in seeds -> List.last (losses seed epochs (noisy seed)) / usersMeans seed ]

    for seed, ratio in List.zip seeds own do
        Expect.isLessThan ratio 1.0 $"seed {seed}: the loss falls below that of the users' means"

    Expect.isLessThan (List.average own) (List.average before) "sooner than with the noise of z in the decoder"

[<Tests>]
let tests =
    testList
        "TaNP"
        [
            testCase "assignment to the pool by squared distance"
            <| fun () ->
                use scope = torch.NewDisposeScope()
                let pool = matrix [ [ 0.3; -0.2 ]; [ 1.3; -0.2 ]; [ 0.3; 1.8 ] ]
                let shares = StudentPool(1.0).Assign(matrix [ [ 0.3; -0.2 ] ], pool).data<float>().ToArray()
                // Kernels 1, 1/2 and 1/5.
                Array.iter2
                    (fun expected actual -> Expect.floatClose Accuracy.veryHigh actual expected "share")
                    [| 1.0 / 1.7; 0.5 / 1.7; 0.2 / 1.7 |]
                    shares

            testCase
                "clustering loss: zero where the assignment is its own target, and its gradient counts the target constant"
            <| fun () ->
                use scope = torch.NewDisposeScope()
                let even = matrix [ [ 0.5; 0.5 ]; [ 0.5; 0.5 ] ]
                Expect.floatClose Accuracy.veryHigh (StudentPool.ClusteringLoss(even).item<float>()) 0.0 "even"
                let c: torch.Tensor = (matrix [ [ 0.8; 0.2 ]; [ 0.4; 0.6 ] ]).requires_grad_()
                let loss = StudentPool.ClusteringLoss c
                loss.backward ()
                let gradient = c.grad
                let f = [ 1.2; 0.8 ]
                let c = [ [ 0.8; 0.2 ]; [ 0.4; 0.6 ] ]

                let target =
                    c
                    |> List.map (fun row ->
                        let sharp = List.map2 (fun x f -> x * x / f) row f
                        sharp |> List.map (fun s -> s / List.sum sharp))

                let expected = List.map2 (List.map2 (fun d c -> d * log (d / c))) target c |> List.concat |> List.sum
                Expect.floatClose Accuracy.high (loss.item<float>()) (expected / 2.0) "KL(D ‖ C) per task"

                let slopes = List.map2 (List.map2 (fun d c -> -d / c / 2.0)) target c |> List.concat |> Array.ofList

                Array.iter2
                    (fun expected actual -> Expect.floatClose Accuracy.high actual expected "gradient")
                    slopes
                    (gradient.data<float>().ToArray())

            testCase "Kullback-Leibler divergence of two normal distributions"
            <| fun () ->
                use scope = torch.NewDisposeScope()
                let q = DiagonalGaussian(matrix [ [ 0.2 ] ], matrix [ [ log 0.25 ] ])
                let p = DiagonalGaussian(matrix [ [ 0.0 ] ], matrix [ [ 0.0 ] ])

                Expect.floatClose
                    Accuracy.medium
                    (q.DivergenceFrom(p).item<float>())
                    0.338147
                    "KL(N(.2, .25) ‖ N(0, 1))"

                Expect.floatClose Accuracy.veryHigh (q.DivergenceFrom(q).item<float>()) 0.0 "of itself"

            testCase "the parameter count of the published sizes"
            <| fun () ->
                // Last.FM in the published scripts: one-hot items (3,846) and users (1,872).
                let identity size =
                    ImmutableArray.Create<InputField>(
                        TokenField("id", size, ImmutableArray.Create(0, 1), ImmutableArray.Create 1)
                    )

                let model =
                    TaNPSpec(Modulation = Modulation.Film)
                        .Create(InputSchema(identity 3846, identity 1872, 32), 0.1, LabelKind.Rating)

                let learned = model.CreateParameters(1L).All |> Seq.filter (fun p -> not p.IsState) |> Seq.sumBy _.Size
                Expect.equal learned 198_497 "parameters"

            testCase
                "the loss falls in the first epochs, for ten seeds, as z has no say in the decoder at first"
                startsSoon

            testCase "training draws anew at each step, and again the same from the same state"
            <| fun () ->
                let model = TaNPSpec().Create(schema, 0.5, LabelKind.Click)
                let tasks = batch (tasks LabelKind.Click 3L [ 5, 3; 4, 2 ])
                use engine = new AutogradEngine(model, model.CreateParameters(5L))

                let step () =
                    let losses = engine.Forward(tasks).ToArray()
                    engine.Backward(ReadOnlySpan(Array.zeroCreate 5), ReadOnlySpan [| 0.0f; 0.0f |])
                    losses

                let start = engine.Parameters.Snapshot()
                let first, second = step (), step ()
                Expect.notEqual second first "another draw"
                engine.Parameters.Restore start
                Expect.equal [ step (); step () ] [ first; second ] "the same stream"
        ]
