/// TDRO against its authors' program, written out as loops over gradients that are kept whole.
module RobustMeta.Tests.Robustness.ReweighterTrendTests

open System
open System.Collections.Generic
open System.Collections.Immutable
open Expecto
open RobustMeta.Data
open RobustMeta.Robustness
open RobustMeta.Robustness.References
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Tests.Robustness.ReweighterCase

let private groups = [ 0; 1; 0; 2; 1; 0; 0; 2 ]
let private periods = [ 0; 0; 1; 1; 1; 0; 1; 0 ]
let private growth = 0.7

let private settings trend =
    [
        "levels", "user"
        "userIndex", "group"
        "ascent", "exponentiatedGradient"
        "taskWeightLr", "0.3"
        "lossAverage", "0.2"
        "trend", trend
        "periodGrowth", string growth
    ]

let private adversary settings =
    Reweighter(
        spec settings,
        LabelKind.Click,
        train,
        TinyWorld.items,
        NoReference(),
        ImmutableArray.CreateRange groups,
        1L,
        ImmutableArray.CreateRange periods
    )

let private dot (a: float[]) (b: float[]) = Array.map2 (*) a b |> Array.sum

let private products (gradients: float[][]) =
    Array2D.init gradients.Length gradients.Length (fun i j -> dot gradients[i] gradients[j])

/// Any gradient of a user's mean loss; that of a cell is the mean over its users.
let private gradientOf (random: Random) = Array.init 5 (fun _ -> random.NextGaussian())

let private mean (vectors: float[][]) =
    Array.init vectors[0].Length (fun k -> vectors |> Array.averageBy (fun v -> v[k]))

/// train_TDRO's shifting factor of each group: cells of a batch with their mean losses and gradients.
let private trends (cell: int -> int -> (float * float[]) option) =
    let importance = [| exp 0.0; exp growth |] |> fun raw -> raw |> Array.map (fun x -> x / Array.sum raw)

    let scaled g e =
        match cell g e with
        | Some(loss, gradient) -> gradient |> Array.map (fun x -> x / sqrt (dot gradient gradient) * loss)
        | None -> Array.zeroCreate 5

    [|
        for g in 0..2 do
            let own = mean [| for e in 0..1 -> scaled g e |]

            let all =
                mean
                    [|
                        for i in 0..2 do
                            for e in 0..1 -> scaled i e |> Array.map ((*) importance[e])
                    |]

            dot own all
    |]

let private stepWith (adversary: Reweighter) (batch: TaskBatch) losses (gradients: float[][]) =
    let parts = adversary.GradientParts batch
    let ofParts = [| for places in parts -> mean [| for b in places -> gradients[b] |] |]
    adversary.LearnGradients(batch, products ofParts)
    let _, ofUsers = step adversary batch losses
    ofUsers |> Array.map float

[<Tests>]
let tests =
    testList
        "Reweighter trends"
        [
            testCase "weights are those of the authors' loops, over batches that lack groups and periods"
            <| fun () ->
                let lambda = 0.4
                let adversary = adversary (settings (string lambda))
                let random = Seeds.Generator(21L, "trend")
                let sizes = [| 4.0; 2.0; 2.0 |]
                let mutable w = Array.create 3 (1.0 / 3.0)
                let streamed = Array.create 3 nan

                epochs (Seeds.Generator(22L, "trend batches")) (fun batch losses ->
                    let own = rows batch (losses |> Array.map float) |> Array.map Array.average
                    let gradients = [| for _ in 1 .. batch.Count -> gradientOf random |]

                    let members g e =
                        [|
                            for b in 0 .. batch.Count - 1 do
                                let u = batch.Positions[b]

                                if groups[u] = g && (e < 0 || periods[u] = e) then
                                    b
                        |]

                    let cell g e =
                        match members g e with
                        | [||] -> None
                        | all ->
                            let loss = all |> Array.averageBy (fun b -> own[b])
                            Some(loss, mean [| for b in all -> gradients[b] |])

                    let shifting = trends cell

                    for g in 0..2 do
                        match members g -1 with
                        | [||] -> ()
                        | all ->
                            let loss = all |> Array.averageBy (fun b -> own[b])
                            let score = (1.0 - lambda) * loss + lambda * shifting[g]

                            streamed[g] <- if Double.IsNaN streamed[g] then score else 0.8 * streamed[g] + 0.2 * score

                    // The weights ascend first, and the batch is weighed with the new ones.
                    let grown = Array.map2 (fun w l -> if Double.IsNaN l then w else w * exp (0.3 * l)) w streamed
                    w <- grown |> Array.map (fun x -> x / Array.sum grown)

                    let expected =
                        [|
                            for u in batch.Positions ->
                                w[groups[u]] / (sizes[groups[u]] / float users) / float batch.Count
                        |]

                    areClose 1e-6 (stepWith adversary batch losses gradients) expected "weights")

            testCase "by hand: of two groups with equal losses the one whose gradient serves the later period gets more"
            <| fun () ->
                // Users 0 and 4 in cells (0, 0) and (1, 1); mean losses of 1, gradients along one axis each: equal but for β.
                let adversary =
                    adversary [ for key, value in settings "1" -> key, (if key = "lossAverage" then "1" else value) ]

                let batch = sub [ 0; 4 ]
                let losses = Array.create batch.QueryItems.Length 1f
                Expect.equal [ for part in adversary.GradientParts batch -> List.ofArray part ] [ [ 0 ]; [ 1 ] ] "cells"
                let ofUsers = stepWith adversary batch losses [| [| 3.0; 0.0 |]; [| 0.0; 0.5 |] |]
                // K = 3 groups, E = 2 periods: trends β_0 / 12 and β_1 / 12, β_1 / β_0 = e^0.7.
                let early = 1.0 / (1.0 + exp growth) / 12.0
                let late = exp growth / (1.0 + exp growth) / 12.0
                let grown = [| exp (0.3 * early); exp (0.3 * late); 1.0 |]
                let q g = grown[g] / Array.sum grown
                areClose 1e-6 ofUsers [| q 0 / (4.0 / 8.0) / 2.0; q 1 / (2.0 / 8.0) / 2.0 |] "weights"
                Expect.isGreaterThan (q 1) (q 0) "the later period"

            testCase "without a trend no gradients are asked for; gradients of another batch are refused"
            <| fun () ->
                Expect.isEmpty
                    ((adversary (settings "0" |> List.filter (fst >> (<>) "periodGrowth"))).GradientParts everyone)
                    "none"

                let adversary = adversary (settings "0.5")
                let losses = drawLosses (Seeds.Generator(23L, "other")) everyone

                Expect.throwsT<InvalidOperationException>
                    (fun () -> weigh adversary everyone losses |> ignore)
                    "none given"

            testCase "scores of groups do not depend on the order of a batch"
            <| fun () ->
                let order = Seeds.Generator(24L, "order").Permutation users
                let random = Seeds.Generator(25L, "order")
                let losses = drawLosses random everyone
                let gradients = [| for _ in 1..users -> gradientOf random |]
                let a, b = adversary (settings "0.5"), adversary (settings "0.5")
                stepWith a everyone losses gradients |> ignore
                let permuted = order |> Array.collect (fun u -> (rows everyone losses)[u])
                stepWith b (sub (List.ofArray order)) permuted [| for u in order -> gradients[u] |] |> ignore
                areClose 1e-12 b.Weights.Users a.Weights.Users "users"

            testCase "settings of trends that cannot act are refused"
            <| fun () ->
                let refusedAs (words: string list) settings =
                    Expect.throwsC (fun () -> (spec settings).RequireValid()) (fun error ->
                        for word in words do
                            Expect.stringContains error.Message word "message")

                refusedAs [ "trend"; "userIndex group" ] [ "levels", "user"; "trend", "0.3" ]

                refusedAs
                    [ "periods"; "trend 0" ]
                    (("periods", "5") :: (settings "0" |> List.filter (fst >> (<>) "periodGrowth")))

                refusedAs [ "alternating"; "trend" ] (("alternating", "true") :: settings "0.3")
                refusedAs [ "trend needs reference none" ] (("reference", "bias") :: settings "0.3")

            testCase
                "periods: equally many users by their first rating, of support or query; one where there are no times"
            <| fun () ->
                let row user item time = struct (user, item, 1f, time)

                let ratings =
                    Ratings.Of(
                        "times",
                        [
                            row "late" "a" 50L
                            row "late" "b" 60L
                            row "early" "a" 90L
                            row "early" "b" 1L
                            row "middle" "a" 20L
                            row "middle" "b" 95L
                            row "last" "a" 70L
                            row "last" "b" 99L
                        ]
                    )

                let tasks (ratings: Ratings) =
                    ImmutableArray.CreateRange(
                        seq {
                            for user in [ "late"; "early"; "middle"; "last" ] do
                                let index = ratings.Users.Find(user).Value
                                let own = ratings.RowsOf(index).ToArray()
                                UserTask(index, ImmutableArray.Create own[0], ImmutableArray.Create own[1])
                        }
                    )

                Expect.equal (List.ofSeq (UserPeriods.Of(2, ratings, tasks ratings))) [ 1; 0; 0; 1 ] "two periods"

                let timeless =
                    Ratings.Of(
                        "none",
                        [
                            for user in [ "late"; "early"; "middle"; "last" ] do
                                for item in [ "a"; "b" ] -> struct (user, item, 1f)
                        ]
                    )

                Expect.equal (List.ofSeq (UserPeriods.Of(2, timeless, tasks timeless))) [ 0; 0; 0; 0 ] "no times"

                let atOnce =
                    Ratings.Of(
                        "at once",
                        [
                            for user in [ "late"; "early"; "middle"; "last" ] do
                                for item in [ "a"; "b" ] -> struct (user, item, 1f, 7L)
                        ]
                    )

                Expect.equal (List.ofSeq (UserPeriods.Of(2, atOnce, tasks atOnce))) [ 0; 0; 0; 0 ] "one time"
        ]
