module RobustMeta.Tests.Evaluation.MetricsTests

open System
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Models.Baselines
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Tests.Properties

let private user = 3

let private rankBy rule seed (items: int[]) (scores: float32[]) (labels: float32[]) threshold =
    RankedQuery.Of(
        user,
        ReadOnlySpan items,
        ReadOnlySpan scores,
        ReadOnlySpan labels,
        BinaryRelevance threshold,
        rule,
        seed
    )

let private value (name: string) (query: RankedQuery) = Metric.Parse(name).Evaluate query |> Option.ofNullable

let private isNear name (query: RankedQuery) expected =
    match value name query with
    | Some actual -> Expect.floatClose Accuracy.high actual expected name
    | None -> failtest $"{name} is undefined; expected {expected}"

/// The relevance of distinct ranks, best first.
let private ranked (relevant: bool list) =
    let n = relevant.Length
    let labels = [| for r in relevant -> if r then 1.0f else 0.0f |]
    rankBy TieRule.SeededRandom 1L [| 0 .. n - 1 |] [| for i in 1..n -> float32 -i |] labels 0.5

// Ranks 1 to 6 hold - + - + - +; ranks 2 and 3 tie and stand in the list the other way round.
let private tied =
    lazy
        (rankBy
            TieRule.ByItem
            0L
            [| 12; 11; 15; 10; 14; 13 |]
            [| 0.5f; 0.5f; 0.1f; 0.9f; 0.2f; 0.3f |]
            [| 2.0f; 4.0f; 5.0f; 1.0f; 3.0f; 4.0f |]
            4.0)

let private handCases =
    [
        "NDCG@4", 0.49818925747
        "Recall@4", 2.0 / 3.0
        "Precision@4", 0.5
        "F1@4", 4.0 / 7.0
        "HR@4", 1.0
        "HR@1", 0.0
        "MRR@4", 0.5
        "MRR@1", 0.0
        "MAP@4", 1.0 / 3.0
        "MAP@2", 0.25
        "AUC", 2.5 / 9.0
    ]

let private positional = [ "NDCG@2"; "Recall@2"; "Precision@2"; "F1@2"; "HR@2"; "MRR@2"; "MAP@2" ]

let private byHand =
    testList
        "by hand"
        [
            testList
                "with a tie"
                [ for name, expected in handCases -> testCase name (fun () -> isNear name tied.Value expected) ]

            testCase "random-normalised NDCG: one for the best ranking, undefined without a choice"
            <| fun () ->
                isNear "RNDCG@2" (ranked [ true; true; false; false ]) 1.0
                // (NDCG − E) / (1 − E) with E = 1/2, two positives of four.
                isNear "RNDCG@2" (ranked [ true; false; true; false ]) (2.0 / (1.0 + 1.0 / Math.Log2 3.0) - 1.0)
                Expect.isNone (value "RNDCG@2" (ranked [ true; true; true ])) "all positive"
                Expect.isNone (value "RNDCG@2" (ranked [ false; false; false ])) "none positive"

            testCase "errors of ratings"
            <| fun () ->
                let query = rankBy TieRule.ByItem 0L [| 0; 1; 2 |] [| 3.0f; 4.5f; 1.0f |] [| 4.0f; 4.0f; 3.0f |] 4.0
                isNear "MAE" query (3.5 / 3.0)
                isNear "RMSE" query 1.3228756555

            testCase "cross-entropy of logits, however large"
            <| fun () ->
                let log3 = float32 (log 3.0)
                let query = rankBy TieRule.ByItem 0L [| 0; 1; 2 |] [| 0.0f; log3; -log3 |] [| 1.0f; 1.0f; 0.0f |] 0.5
                Expect.floatClose Accuracy.medium (value "LogLoss" query).Value 0.4228371084 "σ = 1/2, 3/4, 1/4"
                isNear "LogLoss" (rankBy TieRule.ByItem 0L [| 0 |] [| 1000.0f |] [| 0.0f |] 0.5) 1000.0

            testCase "without a positive only precision is defined"
            <| fun () ->
                let query = ranked [ false; false; false ]
                let defined = "AUC" :: positional |> List.filter (fun name -> (value name query).IsSome)
                Expect.equal defined [ "Precision@2" ] "no positive"
                isNear "Precision@2" query 0.0

            testCase "with positives alone AUC is undefined and the rest is perfect"
            <| fun () ->
                let query = ranked [ true; true; true ]
                Expect.isNone (value "AUC" query) "no negative"

                for name in [ "NDCG@2"; "Precision@2"; "HR@2"; "MRR@2"; "MAP@2" ] do
                    isNear name query 1.0

                isNear "Recall@2" query (2.0 / 3.0)
                isNear "F1@2" query 0.8

            testCase "the lower is better for errors alone"
            <| fun () ->
                for name in "AUC" :: positional do
                    Expect.isTrue (Metric.Parse name).HigherIsBetter name

                for name in [ "MAE"; "RMSE"; "LogLoss" ] do
                    Expect.isFalse (Metric.Parse name).HigherIsBetter name
        ]

let rec private permutations list =
    match list with
    | [] -> [ [] ]
    | _ ->
        [
            for i in 0 .. list.Length - 1 do
                for rest in permutations (List.removeAt i list) -> list[i] :: rest
        ]

let private dcg k (relevant: bool list) =
    relevant
    |> List.truncate k
    |> List.indexed
    |> List.sumBy (fun (i, r) -> if r then log 2.0 / log (float i + 2.0) else 0.0)

let private bruteForce =
    testList
        "brute force"
        [
            property "AUC is the fraction of pairs in order, ties half"
            <| fun (cells: (byte * bool) list) ->
                let scores = [| for s, _ in cells -> float32 (s % 4uy) - 1.5f |]
                let labels = [| for _, r in cells -> if r then 1.0f else 0.0f |]
                let query = rankBy TieRule.SeededRandom 7L [| 0 .. cells.Length - 1 |] scores labels 0.5

                let pairs =
                    [
                        for i in 0 .. cells.Length - 1 do
                            for j in 0 .. cells.Length - 1 do
                                if labels[i] = 1.0f && labels[j] = 0.0f then
                                    if scores[i] > scores[j] then 1.0
                                    elif scores[i] = scores[j] then 0.5
                                    else 0.0
                    ]

                match value "AUC" query with
                | None -> Expect.isEmpty pairs "undefined without pairs"
                | Some auc -> Expect.floatClose Accuracy.high auc (List.average pairs) "pairs"

            property "NDCG is the gain over that of the best permutation"
            <| fun (cells: (byte * bool) list) (cut: byte) ->
                // Distinct scores, in no order.
                let cells = List.truncate 6 cells |> List.mapi (fun i (s, r) -> 10 * int s + i, r)

                if cells.Length >= 2 then
                    let k = 1 + int cut % (cells.Length - 1)
                    let scores = [| for s, _ in cells -> float32 s |]
                    let labels = [| for _, r in cells -> if r then 5.0f else 3.0f |]
                    let query = rankBy TieRule.SeededRandom 7L [| 0 .. cells.Length - 1 |] scores labels 4.0
                    let order = cells |> List.sortByDescending fst |> List.map snd
                    let best = permutations order |> List.map (dcg k) |> List.max

                    match value $"NDCG@{k}" query with
                    | None -> Expect.equal best 0.0 "undefined without a positive"
                    | Some ndcg -> Expect.floatClose Accuracy.high ndcg (dcg k order / best) "gain"
        ]

let private allPlacements =
    [
        for mask in 0..1023 do
            if Numerics.BitOperations.PopCount(uint32 mask) = 5 then
                ranked [ for i in 0..9 -> mask >>> i &&& 1 = 1 ]
    ]

// 5 relevant of 10 at 5: the values of the hypergeometric distribution.
let private floor =
    [
        "HR@5", 1.0 - 1.0 / 252.0
        "MRR@5", 0.7040343915
        "Precision@5", 0.5
        "Recall@5", 0.5
        "AUC", 0.5
        "RNDCG@5", 0.0
    ]

let private randomFloor =
    let mean name queries = queries |> Seq.averageBy (fun query -> (value name query).Value)
    let labels = [| for i in 0..9 -> float32 (i % 2) |]

    testList
        "random floor"
        [
            testCase "all placements of 5 relevant among 10"
            <| fun () ->
                Expect.equal allPlacements.Length 252 "10 choose 5"

                for name, expected in floor do
                    Expect.floatClose Accuracy.high (mean name allPlacements) expected name

            testCase "the random baseline, and a model that scores all alike"
            <| fun () ->
                let users = 20_000
                let query = [ for i in 0..9 -> i, labels[i] ]
                let batch = TinyWorld.batch [ for u in 1..users -> { User = u; Support = []; Query = query } ]
                let random = RandomBaseline(5L).Predict batch
                let alike = Array.zeroCreate<float32> random.Length

                for what, scores in [ "random", random; "alike", alike ] do
                    let queries =
                        [
                            for u in 0 .. users - 1 ->
                                rankBy TieRule.SeededRandom (int64 u) [| 0..9 |] scores[10 * u .. 10 * u + 9] labels 0.5
                        ]

                    for name, expected in floor do
                        // Standard errors are below 0.0022.
                        Expect.floatClose
                            { absolute = 0.008; relative = 0.0 }
                            (mean name queries)
                            expected
                            $"{what}: {name}"
        ]

let private ranking =
    testList
        "ranking"
        [
            property "the place in the list decides nothing"
            <| fun (cells: (byte * byte) list) (seed: int64) ->
                let items = [| 0 .. cells.Length - 1 |]
                let scores = [| for s, _ in cells -> float32 (s % 3uy) |]
                let labels = [| for _, y in cells -> float32 y |]
                let shuffled = Array.copy items
                Seeds.Generator(seed, "order").Shuffle shuffled

                for rule in [ TieRule.SeededRandom; TieRule.ByItem ] do
                    let a = rankBy rule seed items scores labels 100.0

                    let b =
                        rankBy
                            rule
                            seed
                            shuffled
                            [| for i in shuffled -> scores[i] |]
                            [| for i in shuffled -> labels[i] |]
                            100.0

                    Expect.sequenceEqual b.Labels a.Labels $"{rule}"
                    Expect.sequenceEqual b.Scores (Seq.sortDescending scores) "highest first"

            testCase "ties follow the seed, and signed zeros are equal"
            <| fun () ->
                let labels = [| for i in 0..19 -> float32 i |]
                let zeros = [| for i in 0..19 -> if i % 2 = 0 then 0.0f else -0.0f |]
                let order rule seed = List.ofSeq (rankBy rule seed [| 0..19 |] zeros labels 1.0).Labels
                Expect.equal (order TieRule.SeededRandom 4L) (order TieRule.SeededRandom 4L) "same seed"
                Expect.notEqual (order TieRule.SeededRandom 4L) (order TieRule.SeededRandom 5L) "another seed"
                Expect.equal (order TieRule.ByItem 4L) (List.ofArray labels) "by item"

            testCase "scores that are not finite are refused"
            <| fun () ->
                for bad in [ Single.NaN; Single.PositiveInfinity; Single.NegativeInfinity ] do
                    Expect.throwsC
                        (fun () -> rankBy TieRule.ByItem 0L [| 8; 9 |] [| 0.0f; bad |] [| 0.0f; 1.0f |] 0.5 |> ignore)
                        (fun error ->
                            Expect.isTrue (error :? ScoreException) "kind"
                            Expect.stringContains error.Message "item 9 for user 3" "who"
                            Expect.stringContains error.Message "diverged" "why")

            testCase "a cut-off that all candidates fit under is refused, with a remedy"
            <| fun () ->
                for kind in [ "NDCG"; "Recall"; "Precision"; "F1"; "HR"; "MRR"; "MAP" ] do
                    for k in [ 3; 4 ] do
                        Expect.throwsC
                            (fun () -> value $"{kind}@{k}" (ranked [ true; false; true ]) |> ignore)
                            (fun error ->
                                Expect.isTrue (error :? SettingException) kind

                                for part in [ $"{kind}@{k} of 3"; "testQueryLength"; "sampled N"; "smaller cut-off" ] do
                                    Expect.stringContains error.Message part kind)
        ]

let private names =
    testList
        "names"
        [
            testCase "case does not matter"
            <| fun () ->
                for given, expected in [ "ndcg@10", "NDCG@10"; "auc", "AUC"; "Hr@3", "HR@3"; "rmse", "RMSE" ] do
                    Expect.equal (Metric.Parse given).Name expected given

            testCase "what is no metric is refused"
            <| fun () ->
                for given, hint in
                    [
                        "NCDG@10", "'NDCG'"
                        "NDCG", "NDCG@10"
                        "NDCG@0", "at least 1"
                        "NDCG@-1", "at least 1"
                        "NDCG@ten", "at least 1"
                        "AUC@10", "no cut-off"
                    ] do
                    Expect.throwsC (fun () -> Metric.Parse given |> ignore) (fun error ->
                        Expect.isTrue (error :? SettingException) given
                        Expect.stringContains error.Message hint given)
        ]

[<Tests>]
let tests = testList "Metrics" [ byHand; bruteForce; randomFloor; ranking; names ]
