module RobustMeta.Tests.Models.TaNPTests

open System
open System.Collections.Immutable
open Expecto
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Models.Layers
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open TorchSharp

let private matrix (rows: float list list) =
    torch.tensor(rows |> List.concat |> Array.ofList).reshape(int64 rows.Length, -1L)

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
