module RobustMeta.Tests.Evaluation.PairedComparisonTests


open System.Collections.Generic
open Expecto
open RobustMeta.Evaluation

let private comparison =
    testCase "a paired comparison over seeds and users"
    <| fun () ->
        let seeds =
            [|
                SeedDifferences(1L, [| "a"; "b"; "c" |], [| 0.1; 0.3; 0.2 |])
                SeedDifferences(2L, [| "b"; "d" |], [| 0.5; 0.1 |])
            |]

        let found = PairedComparison.Of seeds
        Expect.floatClose Accuracy.high found.Mean 0.25 "mean of the seeds' means"
        Expect.equal (found.Seeds, found.Users) (2, 4) "counts"
        Expect.equal (found.WilcoxonP, found.SignFlipP()) (0.125, 0.125) "four users better off: 2/16"
        Expect.equal found.RankBiserial 1.0 "all positive"
        Expect.floatClose Accuracy.high found.PairedTP (Significance.PairedT [| 0.2; 0.3 |]) "over seeds"
        Expect.floatClose Accuracy.high found.OverSeeds.Mean 0.25 "interval over seeds"
        Expect.equal found.P (max found.PairedTP found.WilcoxonP) "the larger of both"
        let people = (found.Bootstrap(BootstrapLevel.Users, 3L)).Interval
        Expect.equal people.Count 4 "people, not pairs of seed and user"
        Expect.isTrue (people.Low <= found.Mean && found.Mean <= people.High) "around the mean"
        Expect.floatClose Accuracy.high found.CohenDz (Significance.CohenDz [| 0.1; 0.4; 0.2; 0.1 |]) "over users"

let private row name testSet user value = UserResult(name, testSet, user, "NDCG@10", value)

// Set 0: everyone gains; set 1: half gain, half lose alike.
let private rows =
    [|
        for set in 0..1 do
            for u in 0..19 do
                row "plain" set $"u{u}" 0.5
                row "robust" set $"u{u}" (if set = 0 || u % 2 = 0 then 0.6 else 0.4)

            row "robust" set "alone" 9.0
    |]
    :> IReadOnlyList<UserResult>

let private seeds numbers = [ for seed in numbers -> struct (seed, rows) ]

let private bySet =
    testCase "differences pair users and correct over test sets"
    <| fun () ->
        let found = TestSetDifference.Of(seeds [ 1L ], "NDCG@10", "robust", "plain") |> List.ofSeq
        Expect.equal (found |> List.map _.Interval.Count) [ 20; 20 ] "a user without a partner does not count"
        Expect.floatClose Accuracy.high found[0].Interval.Mean 0.1 "gain"
        Expect.floatClose Accuracy.high found[1].Interval.Mean 0.0 "no gain"
        let alone = Significance.Wilcoxon(Array.replicate 20 0.1)
        Expect.floatClose Accuracy.high found[0].Corrected (2.0 * alone) "Holm: twice the smaller of two"
        Expect.equal found[1].Corrected 1.0 "no evidence"

let private kept =
    testCase "differences of some users, and of a metric or a method that was not measured"
    <| fun () ->
        let isEven (user: string) = user.EndsWith '2'
        let found = TestSetDifference.Of(seeds [ 1L ], "NDCG@10", "robust", "plain", isEven) |> List.ofSeq
        Expect.equal (found |> List.map _.Comparison.Users) [ 2; 2 ] "u2 and u12"
        Expect.isEmpty (TestSetDifference.Of(seeds [ 1L ], "AUC", "robust", "plain")) "no such metric"
        Expect.isEmpty (TestSetDifference.Of(seeds [ 1L ], "NDCG@10", "robust", "other")) "no such method"

let private repeated =
    testCase "a user whom several seeds test is one user"
    <| fun () ->
        let once = TestSetDifference.Of(seeds [ 1L ], "NDCG@10", "robust", "plain") |> List.ofSeq
        let found = TestSetDifference.Of(seeds [ 1L; 2L; 3L ], "NDCG@10", "robust", "plain") |> List.ofSeq
        Expect.equal (found |> List.map _.Comparison.Users) [ 20; 20 ] "people"
        Expect.equal (found |> List.map _.Comparison.Seeds) [ 3; 3 ] "seeds"
        Expect.equal found[0].Corrected once[0].Corrected "the same values twice are no more evidence"

let private unvalued =
    testCase "a user without a value of one method is no pair"
    <| fun () ->
        let pairs =
            SeedDifferences.Pair(7L, [ struct ("a", 0.5); struct ("b", nan) ], [ struct ("b", 0.1); struct ("a", 0.2) ])

        Expect.sequenceEqual pairs.Users [ "a" ] "users"
        Expect.floatClose Accuracy.high pairs.Values[0] 0.3 "difference"

let private single =
    testCase "one seed has no test over seeds: the test over users alone counts"
    <| fun () ->
        let found = PairedComparison.Of [| SeedDifferences(1L, [| "a"; "b"; "c" |], [| 0.1; 0.3; 0.2 |]) |]
        Expect.isTrue (System.Double.IsNaN found.PairedTP) "no p-value over seeds"
        Expect.equal found.P 0.25 "three users better off: 2/8"
        Expect.equal (PairedComparison.Larger(0.25, [| 0.2 |])) 0.25 "the larger of one"

let private none =
    testCase "a comparison needs a seed and users in it"
    <| fun () ->
        for bad in [ [||]; [| SeedDifferences(1L, [||], [||]) |]; [| SeedDifferences(1L, [| "a" |], [| 0.1; 0.2 |]) |] ] do
            Expect.throwsT<StatisticsInputException> (fun () -> PairedComparison.Of bad |> ignore) $"{bad.Length}"

[<Tests>]
let tests = testList "PairedComparison" [ comparison; bySet; kept; repeated; unvalued; single; none ]
