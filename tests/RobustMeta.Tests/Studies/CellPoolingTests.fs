module RobustMeta.Tests.Studies.CellPoolingTests

open System
open System.Collections.Generic
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Robustness
open RobustMeta.Studies
open RobustMeta.Tests

let private cellAt data = (StudySample.parse (StudySample.text + data)).Cells
let private close actual expected name = Expect.floatClose Accuracy.high actual expected name
let private users = 12

let private values (value: string -> int -> int -> float) cohort =
    MethodValues(
        cohort,
        [
            for metric in [ "NDCG@10"; "LogLoss" ] do
                for set in 0..2 do
                    for u in 1..users do
                        let x = value metric set u

                        if Double.IsFinite x then
                            UserResult("m", set, $"u{u}", metric, x)
        ]
    )

/// Results of three seeds, which test the same people, by `value method seed metric testSet user`.
let private resultOf (cell: StudyCell) names (value: string -> int -> string -> int -> int -> float) =
    CellResult(
        cell,
        "plain",
        Tuning("", [||]),
        [||],
        Array.ofList names,
        [||],
        [|
            for seed in 1..3 ->
                let people = [| for u in 1..users -> $"u{u}" |]
                let cohort = Cohort(people, [| -1.0; 0.0; 1.0 |], [| for i in 1..users -> i % 5 = 0 |], Axis = "beta")

                SeedResult(
                    int64 seed,
                    cohort,
                    dict [ for name in names -> name, values (value name seed) cohort ] |> Dictionary
                )
        |],
        [||]
    )

let private noise =
    let random = Random 11
    let drawn = Array4D.init 3 4 3 (users + 1) (fun _ _ _ _ -> random.NextDouble())
    fun name seed set u -> drawn[name, seed, set, u]

let private example (name: string) seed metric set u =
    let place = [ "plain"; "better"; "other" ] |> List.findIndex ((=) name)
    let gain = if place = 1 then 0.2 + 0.01 * float u else 0.0
    let level = 0.3 + 0.1 * noise place seed set u - 0.05 * float set
    if metric = "LogLoss" then 1.0 - level - gain else level + gain

let private names = [ "plain"; "better"; "other" ]
let private cell () = (cellAt "")[0]
let private mean (name: string) seed metric set = List.average [ for u in 1..users -> example name seed metric set u ]

let private resultsTest () =
    let pooled = resultOf (cell ()) names example

    for metric in [ "NDCG@10"; "LogLoss" ] do
        let found = CellPooling.Results(pooled, metric)
        Expect.hasLength found 9 "methods and test sets"

        for r in found do
            let means = [| for seed in 1..3 -> mean r.Method seed metric r.TestSet |]
            close r.Mean.Mean (Array.average means) "mean over seeds of means over users"
            Expect.equal r.Mean.Count 3 "over seeds"
            Expect.equal r.Coordinate (float r.TestSet - 1.0) "coordinate"

            if r.Method = "plain" then
                Expect.isTrue (Double.IsNaN r.Gain && Double.IsNaN r.P) "not compared with itself"
            else
                let sign = if metric = "LogLoss" then -1.0 else 1.0

                let gain seed u =
                    sign * (example r.Method seed metric r.TestSet u - example "plain" seed metric r.TestSet u)

                let bySeed = [| for seed in 1..3 -> List.average [ for u in 1..users -> gain seed u ] |]
                let byPerson = [| for u in 1..users -> List.average [ for seed in 1..3 -> gain seed u ] |]
                close r.Gain (Array.average bySeed) "gain, positive where better"
                close r.P (max (Significance.PairedT bySeed) (Significance.Wilcoxon byPerson)) "the larger p"
                Expect.isGreaterThanOrEqual r.Corrected r.P "Holm"

        for set in 0..2 do
            let own = found |> Seq.filter (fun r -> r.TestSet = set && r.Method <> "plain") |> List.ofSeq
            let holm = Significance.Holm [| for r in own -> r.P |]
            Expect.sequenceEqual [ for r in own -> r.Corrected ] holm "corrected over the methods of a test set"

let private curvesTest () =
    let pooled = resultOf (cell ()) names example
    let tail = CellPooling.Tail(pooled, "LogLoss", [| 0.25; 1.0 |]) |> Seq.filter (fun p -> p.Method = "other")

    for p in tail do
        let count = int (p.X * float users)

        let expected =
            [
                for seed in 1..3 ->
                    [ for u in 1..users -> example "other" seed "LogLoss" 1 u ]
                    |> List.sortDescending
                    |> List.take count
                    |> List.average
            ]

        close p.Value.Mean (List.average expected) $"the largest {count} losses"

    let sets = [| for r in [ 0.01; 0.5 ] -> AmbiguitySet.Parse(FormattableString.Invariant $"chi2 {r}") |]

    for p in CellPooling.WorstCases(pooled, "NDCG@10", sets) do
        let set = if p.X = 0.01 then sets[0] else sets[1]

        let expected seed = WorstCase.Of([| for u in 1..users -> example p.Method seed "NDCG@10" 1 u |], true, set).Mean

        close p.Value.Mean (List.average [ for seed in 1..3 -> expected seed ]) "worst reweighting, mean over seeds"

let private rest () =
    let pooled = resultOf (cell ()) names example

    for t in CellPooling.Tradeoffs(pooled, "NDCG@10") do
        let ofSet set = List.average [ for seed in 1..3 -> mean t.Method seed "NDCG@10" set ]
        close t.Average (List.averageBy ofSet [ 0; 1; 2 ]) "over test sets"
        close t.Worst (List.min [ for set in 0..2 -> ofSet set ]) "the worst"

    let p = CellPooling.Pairwise(pooled, "NDCG@10", [| "plain"; "better"; "other" |])

    let raw a b =
        Significance.Wilcoxon
            [|
                for u in 1..users ->
                    List.average [ for seed in 1..3 -> example a seed "NDCG@10" 1 u - example b seed "NDCG@10" 1 u ]
            |]

    let holm = Significance.Holm [| raw "plain" "better"; raw "plain" "other"; raw "better" "other" |]

    for i, j, k in [ 0, 1, 0; 0, 2, 1; 1, 2, 2 ] do
        close p[i].[j] holm[k] "corrected over pairs"
        close p[j].[i] holm[k] "both ways"

    Expect.isTrue (Double.IsNaN p[1].[1]) "the diagonal"

let private ranksTest () =
    let cells =
        cellAt "[data.second]\ndataset = \"synthetic\"\nsupportSize = 6\n"
        |> Seq.map (fun cell -> resultOf cell names example |> CellSummary.Of)
        |> Array.ofSeq

    let ranks = CellRanks.Of cells
    Expect.sequenceEqual ranks.Methods names "all are in all"
    let place = Seq.findIndex ((=) "NDCG@10") ranks.Measures
    Expect.equal ranks.Comparisons[place].Blocks 6 "two cells of three seeds"
    close ranks.Comparisons[place].AverageRanks[1] 1.0 "the better one is always first"
    Expect.equal ranks.Order[0] 1 "and stands first"

    let partly = [| cells[0]; CellSummary.Of(resultOf cells[1].Cell [ "plain"; "better" ] example) |]

    Expect.sequenceEqual (CellRanks.Of partly).Methods [ "plain"; "better" ] "what one cell lacks is not ranked"

[<Tests>]
let tests =
    testList
        "CellPooling"
        [
            testCase "results are means over seeds, with gains and p-values by hand" resultsTest
            testCase "curves of the worst-served users and of worst reweightings are means of the seeds' own" curvesTest
            testCase "averages, worst test sets and pairs" rest
            testCase "a user without a value does not count"
            <| fun () ->
                let missing name seed metric set u =
                    if name = "better" && u > 6 then nan else example name seed metric set u

                let pooled = resultOf (cell ()) names missing

                let found =
                    CellPooling.Results(pooled, "NDCG@10") |> Seq.find (fun r -> r.Method = "better" && r.TestSet = 1)

                let of' name (some: int list) =
                    List.average
                        [ for seed in 1..3 -> List.average [ for u in some -> example name seed "NDCG@10" 1 u ] ]

                close found.Mean.Mean (of' "better" [ 1..6 ]) "mean of those who have one"
                close found.Gain (of' "better" [ 1..6 ] - of' "plain" [ 1..6 ]) "gain of those who have both"
            testCase "a measure that none of the few users is of has neither differences nor ranks"
            <| fun () ->
                let easyAlone name seed metric set u = if u % 5 = 0 then nan else example name seed metric set u
                let summary = CellSummary.Of(resultOf (cell ()) names easyAlone)
                let isHard (name: string) = name = "hard tenth"
                Expect.isFalse (summary.Differences |> Seq.exists (fun d -> isHard d.Measure.Name)) "differences"
                let ranks = CellRanks.Of [| summary |]
                Expect.isFalse (Seq.exists isHard ranks.Measures) "ranks"
                Expect.contains ranks.Measures "NDCG@10" "of other measures there are"

            testCase "ranks are over cells and seeds, of the methods that all have" ranksTest
        ]
