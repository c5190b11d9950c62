/// Negatives that are drawn anew for each epoch.
module RobustMeta.Tests.Tasks.FreshNegativesTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open RobustMeta.Data
open RobustMeta.Tasks
open RobustMeta.Tests.Properties

/// Positives of users and items by a seeded pattern, with two negatives each, and the split's tasks.
let private world (seed: int) popularity =
    let random = Random seed

    let positives =
        Ratings.Of(
            "clicks",
            [
                for u in 0..29 do
                    for i in 0..59 do
                        if random.NextDouble() < 6.0 / (6.0 + float i) then
                            struct ($"u{u}", $"i{i}", 1f)
            ]
        )

    let ratings = CanonicalRatings.Of(NegativeSampling.Draw(positives, 2.0, popularity, 7L))
    let source = TaskSource(ratings, LabelKind.Click, 1.0, Feedback = FeedbackKind.Positives)
    let split = TaskSplit.Of(ratings, TaskSplitSpec(MinRatings = 4), 1L)
    source.WithFreshNegatives(split.MetaTrain, popularity, 9L), split

let private pairs (batch: TaskBatch) b =
    [
        for j in batch.SupportStarts[b] .. batch.SupportStarts[b + 1] - 1 ->
            batch.SupportItems[j], batch.SupportLabels[j]
        for j in batch.QueryStarts[b] .. batch.QueryStarts[b + 1] - 1 -> batch.QueryItems[j], batch.QueryLabels[j]
    ]

[<Tests>]
let tests =
    testList
        "Fresh negatives"
        [
            propertyOf 20 "no fresh negative is a positive of its user in any part, and none comes twice in a task"
            <| fun (seed: int) (PositiveInt epoch) (popular: bool) ->
                let source, split = world seed (if popular then 0.75 else 0.0)
                let batch = (source.InEpoch epoch).All split.MetaTrain
                let first = source.All split.MetaTrain

                for b in 0 .. batch.Count - 1 do
                    let user = batch.Users[b]

                    let positives =
                        Set
                            [
                                for row in source.Ratings.RowsOf(user).ToArray() do
                                    if source.Ratings.Values[row] = 1f then
                                        source.Ratings.ItemIndex[row]
                            ]

                    let negatives = pairs batch b |> List.filter (fun (_, y) -> y = 0f) |> List.map fst
                    Expect.isEmpty (Set.intersect positives (Set negatives)) "no positive"
                    Expect.equal (List.distinct negatives).Length negatives.Length "each once"

                    Expect.equal
                        (pairs batch b |> List.map snd)
                        (pairs first b |> List.map snd)
                        "the same labels in their places"

                    let likes (all: TaskBatch) = pairs all b |> List.filter (fun (_, y) -> y = 1f)
                    Expect.equal (likes batch) (likes first) "positives stay"

            testCase "an epoch has its own negatives, the same ones each time; validation and test keep the first"
            <| fun () ->
                let source, split = world 3 0.0

                let items epoch (tasks: ImmutableArray<UserTask>) =
                    ((source.InEpoch epoch).All tasks).QueryItems |> List.ofSeq

                Expect.equal (items 1 split.MetaTrain) (items 1 split.MetaTrain) "the same epoch"
                Expect.notEqual (items 1 split.MetaTrain) (items 2 split.MetaTrain) "another epoch"
                Expect.equal (items 1 split.Test) ((source.All split.Test).QueryItems |> List.ofSeq) "test"

                Expect.equal
                    (items 1 split.Validation)
                    ((source.All split.Validation).QueryItems |> List.ofSeq)
                    "validation"

            testCase "without them every epoch is the source itself"
            <| fun () ->
                let source, _ = world 3 0.0
                let fixedOnes = TaskSource(source.Ratings, LabelKind.Click, 1.0, Feedback = FeedbackKind.Positives)
                Expect.isTrue (obj.ReferenceEquals(fixedOnes.InEpoch 4, fixedOnes)) "the same object"

            testCase "what a user is known to have seen: all ratings, but no drawn negatives"
            <| fun () ->
                let source, _ = world 5 0.0
                let rated = TaskSource(source.Ratings, LabelKind.Rating, 4.0)
                let rows = source.Ratings.RowsOf(0).ToArray()
                let positives = rows |> Array.filter (fun row -> source.Ratings.Values[row] = 1f)
                Expect.equal (source.SeenItems(0).Count) positives.Length "positives"
                Expect.equal (rated.SeenItems(0).Count) rows.Length "ratings"
        ]
