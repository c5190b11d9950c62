module RobustMeta.Tests.Engine.AutogradEngineTests

open System
open Expecto
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Training

let private lengths seed count longest =
    let random = Seeds.Generator(seed, "lengths")
    List.init count (fun _ -> 1 + random.Next longest, 1 + random.Next 20)

let private cells (batch: TaskBatch) (parts: seq<int[]>) =
    parts |> Seq.sumBy (fun part -> BatchCut.Cells(batch, ReadOnlySpan part))

/// Losses, gradients, scores and parameters of some steps of training.
let private run (model: MetaRecommender) threads =
    let batches = [| for seed in 1L .. 2L -> batch (tasks model.Label seed (lengths seed 130 100)) |]
    Expect.all batches (fun tasks -> BatchCut.Of(tasks, BatchCut.PartCost model).Length > 1) "several parts"
    use engine = new AutogradEngine(model, model.CreateParameters 3L, threads)
    let optimizer = Optimizer.Of(OptimizerKind.Adam, engine.Parameters, 0.0)
    let learned = engine.Parameters.All |> Seq.filter model.Phases[model.Phases.Length - 1].Learns |> Array.ofSeq

    [
        for tasks in batches do
            let losses = engine.Forward(tasks).ToArray()
            let weights = Array.create losses.Length (1.0f / float32 losses.Length)
            engine.Backward(ReadOnlySpan weights, ReadOnlySpan(Array.create tasks.Count (1.0f / float32 tasks.Count)))
            let gradients = [ for p in engine.Parameters.All -> p.Gradient.ToArray() ]
            optimizer.Step(learned, 0.01, 1.0)
            losses, gradients, engine.Predict tasks, [ for p in engine.Parameters.All -> p.Values.ToArray() ]
    ]

[<Tests>]
let tests =
    testList
        "Autograd engine"
        [
            testList
                "batches of many parts: the same bytes with any number of threads"
                [
                    for spec in ModelSpec.Registry.All.Values do
                        // MAML copies every embedding row for every user: too slow for this.
                        if spec.ModelName <> "MAML" then
                            testCase spec.ModelName
                            <| fun () ->
                                let model = spec.Create(schema, 0.1, LabelKind.Click)
                                let first = run model 1
                                Expect.equal (run model 2) first "two threads"
                                Expect.equal (run model 3) first "three threads"
                ]

            testCase "a cut holds every user once, the costliest part first, and never costs more than the whole"
            <| fun () ->
                for seed in 1L .. 20L do
                    let tasks = batch (tasks LabelKind.Click seed (lengths seed (3 * int seed) (5 * int seed)))
                    let whole = [| 0 .. tasks.Count - 1 |]

                    for partCost in [ 1; 30; 1000 ] do
                        let parts = BatchCut.Of(tasks, partCost)
                        Expect.equal (parts |> Seq.concat |> Seq.sort |> Array.ofSeq) whole "users"
                        let sizes = [ for part in parts -> BatchCut.Cells(tasks, ReadOnlySpan part) ]
                        Expect.equal sizes (List.sortDescending sizes) "order"

                        if cells tasks [ whole ] <= int64 (4 * partCost) then
                            Expect.isLessThanOrEqual
                                (cells tasks parts + int64 (partCost * parts.Length))
                                (cells tasks [ whole ] + int64 partCost)
                                "cost"

            testCase "parts that cost next to nothing have next to no padding; parts that cost much are few"
            <| fun () ->
                let tasks = batch (tasks LabelKind.Click 9L (lengths 9L 64 60))
                let used = int64 (tasks.SupportItems.Length + tasks.QueryItems.Length)
                Expect.equal (cells tasks (BatchCut.Of(tasks, 1))) used "no padding at all"
                Expect.hasLength (BatchCut.Of(tasks, 100_000)) 1 "whole"

                for part in BatchCut.Of(tasks, 200) do
                    Expect.isLessThanOrEqual (BatchCut.Cells(tasks, ReadOnlySpan part)) 800L "no part is longer"

            testCase "an error in a model comes out as it was thrown"
            <| fun () ->
                let model = ModelSpec.Registry.Named("LWA").Create(schema, 0.1, LabelKind.Click)
                use engine = new AutogradEngine(model, model.CreateParameters 3L, 2)

                let tasks: Task list =
                    [
                        for _ in 1..200 ->
                            { User = 0; Support = [ 999, 1.0f ]; Query = [ for _ in 1..60 -> 999, 1.0f ] }
                    ]

                Expect.throwsT<IndexOutOfRangeException>
                    (fun () -> engine.Predict(batch tasks) |> ignore)
                    "an item that is not there"
        ]
