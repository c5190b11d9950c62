module RobustMeta.Tests.Tasks.NegativeSamplingTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open RobustMeta.Tests.Properties
open RobustMeta.Data
open RobustMeta.Tasks
open RobustMeta.Tests.ReadRatings

/// Users u0.. with items of a seeded pattern.
let private positives users items seed =
    let random = Random(seed: int)

    Ratings.Of(
        "clicks",
        [
            for u in 0 .. users - 1 do
                for i in 0 .. items - 1 do
                    if random.NextDouble() < 1.0 / (1.0 + float i) then
                        struct ($"u{u}", $"i{i}", 1f)
        ]
    )

let private negatives (ratings: Ratings) =
    rows ratings |> List.filter (fun (_, _, v) -> v = 0.0) |> List.map (fun (u, i, _) -> u, i)

[<Tests>]
let tests =
    testList
        "NegativeSampling"
        [
            property "no negative is a positive of its user, none is drawn twice, as many as asked or there are"
            <| fun (seed: int) (popular: bool) ->
                let data = positives 12 30 seed
                let drawn = NegativeSampling.Draw(data, 2.0, (if popular then 0.75 else 0.0), 7L)
                let own = rows data |> List.map (fun (u, i, _) -> u, i)
                let drawnPairs = negatives drawn
                let items = own |> List.map snd |> List.distinct |> List.length

                List.distinct drawnPairs = drawnPairs
                && Set.intersect (Set own) (Set drawnPairs) |> Set.isEmpty
                && rows drawn |> List.truncate data.Count = rows data
                && own
                   |> List.countBy fst
                   |> List.forall (fun (user, count) ->
                       let found = drawnPairs |> List.filter (fun (u, _) -> u = user) |> List.length
                       found = min (2 * count) (items - count))

            testCase "the same seed draws the same, whatever the order of rows; another seed does not"
            <| fun () ->
                let data = positives 10 40 3
                let shuffled = Ratings.Of("clicks", [ for u, i, v in List.rev (rows data) -> struct (u, i, float32 v) ])
                let draw data seed = NegativeSampling.Draw(data, 1.0, 0.75, seed) |> negatives |> List.sort
                Expect.equal (draw data 1L) (draw shuffled 1L) "order"
                Expect.notEqual (draw data 1L) (draw data 2L) "seed"

            testCase "popular items are drawn more often when popularity counts"
            <| fun () ->
                // Item pop has 400 rows of other users, item rare one.
                let data =
                    Ratings.Of(
                        "clicks",
                        [
                            for u in 0..399 do
                                struct ($"a{u}", "pop", 1f)
                            struct ("a0", "rare", 1f)
                            for u in 0..399 do
                                struct ($"b{u}", "own", 1f)
                        ]
                    )

                let share power =
                    let drawn = negatives (NegativeSampling.Draw(data, 1.0, power, 5L))
                    let ofB = drawn |> List.filter (fun (u, _) -> u.StartsWith 'b')
                    float (ofB |> List.filter (fun (_, i) -> i = "pop") |> List.length) / float ofB.Length

                Expect.isTrue (abs (share 0.0 - 0.5) < 0.1) "uniform"
                Expect.isGreaterThan (share 1.0) 0.95 "proportional: 400 to 1"

            testCase "ratings need no negatives, and refuse them"
            <| fun () ->
                let data = positives 5 9 1
                let explicit = Dataset(data, 1.0, ImmutableArray<string>.Empty, ImmutableArray<string>.Empty)

                Expect.isTrue
                    (obj.ReferenceEquals(NegativeSampling.Complete(explicit, nan, 0.0, 1L), explicit))
                    "as it is"

                Expect.throwsT<RobustMeta.Settings.SettingException>
                    (fun () -> NegativeSampling.Complete(explicit, 1.0, 0.0, 1L) |> ignore)
                    "asked for"
        ]
