module RobustMeta.Tests.Training.BatchOrderTests

open System.Collections.Immutable
open Expecto
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Training

let private tasks =
    let random = Seeds.Generator(3L, "lengths")

    ImmutableArray.CreateRange
        [
            for user in 0..1999 do
                let support, query = 13 + random.Next 78, 5 + random.Next 6
                UserTask(user, ImmutableArray.CreateRange [ 1..support ], ImmutableArray.CreateRange [ 1..query ])
        ]

let private batchSize = 30
let private orderOf bucketed = BatchOrder.Of(tasks, batchSize, bucketed, Seeds.Generator(7L, "order"))

/// Cells that a padded batch computes for nothing, as a share of those that count.
let private waste (order: int[]) =
    let cells, used =
        order
        |> Array.chunkBySize batchSize
        |> Array.map (fun batch ->
            let lengths = batch |> Array.map (fun u -> tasks[u].Support.Length)
            Array.max lengths * batch.Length, Array.sum lengths)
        |> Array.unzip

    float (Array.sum cells) / float (Array.sum used) - 1.0

[<Tests>]
let tests =
    testList
        "BatchOrder"
        [
            testCase "every user comes once"
            <| fun () ->
                for bucketed in [ false; true ] do
                    Expect.equal (Array.sort (orderOf bucketed)) [| 0..1999 |] $"bucketed {bucketed}"

            testCase "buckets bring padding below 15 %"
            <| fun () ->
                Expect.isGreaterThan (waste (orderOf false)) 0.5 "random batches"
                Expect.isLessThan (waste (orderOf true)) 0.15 "buckets"

            testCase "the lengths of batches do not follow one another"
            <| fun () ->
                let order = orderOf true

                let means =
                    order
                    |> Array.chunkBySize batchSize
                    |> Array.map (Array.averageBy (fun u -> float tasks[u].Support.Length))

                let rises = means |> Array.pairwise |> Array.filter (fun (a, b) -> b > a) |> Array.length
                Expect.isGreaterThan rises 20 "rises"
                Expect.isLessThan rises 46 "rises"

            testCase "the stream alone decides" <| fun () -> Expect.equal (orderOf true) (orderOf true) "twice"
        ]
