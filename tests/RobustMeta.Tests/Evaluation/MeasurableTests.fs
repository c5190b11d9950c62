module RobustMeta.Tests.Evaluation.MeasurableTests

open System.Collections.Immutable
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Tasks

let private users, items = 60, 40

/// Every user rates thirty items, but user 0, who rates all of them; users with an odd number like everything.
let private ratings =
    let cells =
        [
            for u in 0 .. users - 1 do
                for i in 0 .. (if u = 0 then items else 30) - 1 ->
                    u, (u + i) % items, (if u % 2 = 1 || i % 3 = 0 then 5.0f else 2.0f)
        ]

    let column select = ImmutableArray.CreateRange(List.map select cells)

    Ratings(
        "liked",
        Vocabulary.Of(List.init users (fun u -> $"u{u}")),
        Vocabulary.Of(List.init items (fun i -> $"i{i}")),
        column (fun (u, _, _) -> u),
        column (fun (_, i, _) -> i),
        column (fun (_, _, y) -> y),
        ImmutableArray.Empty,
        FeatureTable.Empty users,
        FeatureTable.Empty items,
        ReadReport cells.Length
    )

let private prepare (settings: (string * string) list) =
    let usual =
        [
            "testFraction", "0.9"
            "validationFraction", "0.03"
            "testUserFraction", "1"
            "testPoolFraction", "1"
            "testQueryLength", "12"
            "betas", "0"
            "shiftDraws", "1"
            "itemId", "true"
            "selection", "NDCG@3"
        ]

    let spec = ExperimentSpec.Of("MeLU", [| for k, v in usual @ settings -> struct (k, v) |])
    PreparedExperiment.Of(spec, Dataset(ratings, 4.0, [||], [||]))

[<Tests>]
let tests =
    testList
        "Measurable users"
        [
            testCase "who likes everything is measured where unseen items join, and dropped where none does"
            <| fun () ->
                let dropped settings =
                    (prepare settings).TestSets[0].Dropped
                    |> Seq.sumBy (fun d -> if d.Key = DropReason.SingleClassQuery then d.Value else 0)

                Expect.isGreaterThan (dropped [ "metrics", "NDCG@5" ]) 20 "nothing to tell apart"
                Expect.equal (dropped [ "metrics", "NDCG@5"; "candidates", "sampled 8" ]) 0 "nobody"

            testCase "who has rated everything is dropped and counted before training"
            <| fun () ->
                let prepared = prepare [ "metrics", "NDCG@10"; "candidates", "all" ]
                let set = prepared.TestSets[0]

                Expect.isTrue
                    (set.Tasks |> Seq.forall (fun t -> ratings.RowsOf(t.User).Length < items))
                    "nobody who did"

                let isTested = prepared.Split.Test |> Seq.exists (fun t -> ratings.RowsOf(t.User).Length = items)

                Expect.equal
                    (set.Dropped.GetValueOrDefault DropReason.TooFewCandidates)
                    (if isTested then 1 else 0)
                    "counted"

            testCase "one row of results is over one set of users"
            <| fun () ->
                let prepared =
                    prepare [ "label", "rating"; "labelThreshold", "5"; "metrics", "NDCG@5,Precision@5,AUC,MAE" ]

                let scores =
                    { new IPredictor with
                        member _.Name = "items"
                        member _.ScoresAreLabels = true
                        member _.Predict batch = [| for i in batch.QueryItems -> float32 i |]
                    }

                let users metric =
                    prepared.Evaluate scores |> Seq.filter (fun r -> r.Metric = metric) |> Seq.map _.User |> List.ofSeq

                Expect.equal (users "Precision@5") (users "NDCG@5") "precision and NDCG"
                Expect.equal (users "AUC") (users "NDCG@5") "AUC and NDCG"

                Expect.equal
                    (users "MAE").Length
                    ((users "NDCG@5").Length + prepared.TasksWithoutRanking[0])
                    "the difference is stated"
        ]
