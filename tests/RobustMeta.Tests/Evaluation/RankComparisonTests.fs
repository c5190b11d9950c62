module RobustMeta.Tests.Evaluation.RankComparisonTests

open Expecto
open RobustMeta.Evaluation

let private near expected actual what = Expect.floatClose { absolute = 1e-6; relative = 1e-5 } actual expected what

// Times to round first base by three methods (Hollander and Wolfe, 1973, p. 140), 22 players.
let private rounding =
    [|
        5.40, 5.50, 5.55
        5.85, 5.70, 5.75
        5.20, 5.60, 5.50
        5.55, 5.50, 5.40
        5.90, 5.85, 5.70
        5.45, 5.55, 5.60
        5.40, 5.40, 5.35
        5.45, 5.50, 5.35
        5.25, 5.15, 5.00
        5.85, 5.80, 5.70
        5.25, 5.20, 5.10
        5.65, 5.55, 5.45
        5.60, 5.35, 5.45
        5.05, 5.00, 4.95
        5.50, 5.50, 5.40
        5.45, 5.55, 5.50
        5.55, 5.55, 5.35
        5.45, 5.50, 5.55
        5.50, 5.45, 5.25
        5.65, 5.60, 5.40
        5.70, 5.65, 5.55
        6.30, 6.30, 6.25
    |]
    |> Array.map (fun (a, b, c) -> [| a; b; c |] :> System.Collections.Generic.IReadOnlyList<float>)

[<Tests>]
let tests =
    testList
        "Average ranks"
        [
            testCase "Friedman's test of the rounding times, with ties"
            <| fun () ->
                let found = RankComparison.Of(rounding, false)
                near 11.142857 found.ChiSquare "chi-square (Hollander and Wolfe)"
                Expect.floatClose { absolute = 1e-6; relative = 1e-3 } found.ChiSquareP 0.003805 "p"
                Expect.equal found.Blocks 22 "players"

            testCase "four classifiers on fourteen data sets (Demšar 2006, section 3.2.4)"
            <| fun () ->
                let ranks = System.Collections.Immutable.ImmutableArray.Create(3.143, 2.000, 2.893, 1.964)
                let found = RankComparison.FromAverageRanks(ranks, 14)
                let two = { absolute = 0.006; relative = 0.0 }
                Expect.floatClose two found.ChiSquare 9.28 "chi-square"
                Expect.floatClose two found.F 3.69 "Iman and Davenport"
                Expect.floatClose two found.CriticalDifference 1.25 "Nemenyi"

            testCase "two blocks are enough for Iman and Davenport's statistic, one is not"
            <| fun () ->
                let ranks = System.Collections.Immutable.ImmutableArray.Create(1.5, 1.5, 3.0)
                // χ² = 12 · 2 · 1.5 / (3 · 4) = 3, and F = (2 − 1) · 3 / (2 · 2 − 3) = 3.
                let found = RankComparison.FromAverageRanks(ranks, 2)
                near 3.0 found.ChiSquare "chi-square"
                near 3.0 found.F "F"
                Expect.isTrue (System.Double.IsNaN (RankComparison.FromAverageRanks(ranks, 1)).F) "one block"

            testCase "few blocks that all agree are no more significant than permutations allow"
            <| fun () ->
                let ranked blocks (ranks: float list) =
                    RankComparison.FromAverageRanks(
                        System.Collections.Immutable.ImmutableArray.CreateRange ranks,
                        blocks
                    )

                // Of the orders of two methods in two blocks half agree; of three methods in three blocks one in 6 · 6.
                for blocks, ranks, p in [ 2, [ 1.0; 2.0 ], 0.5; 3, [ 1.0; 2.0; 3.0 ], 1.0 / 36.0 ] do
                    let found = ranked blocks ranks
                    near p found.FP "Iman and Davenport"
                    Expect.isGreaterThanOrEqual found.ChiSquareP (p - 1e-9) "chi-square"

            testCase "methods that are tied in every block do not differ"
            <| fun () ->
                let tied = [| 0.5; 0.5; 0.5 |] :> System.Collections.Generic.IReadOnlyList<float>
                let found = RankComparison.Of([| tied; tied |], true)
                Expect.equal (List.ofSeq found.AverageRanks) [ 2.0; 2.0; 2.0 ] "ranks"
                Expect.equal (found.ChiSquare, found.ChiSquareP) (0.0, 1.0) "Friedman"
                Expect.equal (found.F, found.FP) (0.0, 1.0) "Iman and Davenport"

            testCase "critical values of the Nemenyi test (Demšar 2006, table 5)"
            <| fun () ->
                let tables =
                    [
                        0.05, [ 1.960; 2.343; 2.569; 2.728; 2.850; 2.949; 3.031; 3.102; 3.164 ]
                        0.10, [ 1.645; 2.052; 2.291; 2.459; 2.589; 2.693; 2.780; 2.855; 2.920 ]
                    ]

                for alpha, critical in tables do
                    for i, expected in List.indexed critical do
                        let k = i + 2
                        let ranks = System.Collections.Immutable.ImmutableArray.CreateRange(Seq.replicate k 1.0)
                        // N = k (k + 1) / 6 · m makes the critical difference q / √m.
                        let n = k * (k + 1)
                        let found = RankComparison.FromAverageRanks(ranks, n, 0.0, alpha).CriticalDifference * sqrt 6.0
                        Expect.floatClose { absolute = 0.0011; relative = 0.0 } found expected $"k = {k}, level {alpha}"

            testCase "ties share their mean rank, also those by rounding"
            <| fun () ->
                let struct (ranks, ties) = RankComparison.Ranks([| 0.3; 0.1 + 0.2; 0.1; 0.5 |], true)
                Expect.equal (List.ofArray ranks) [ 2.5; 2.5; 4.0; 1.0 ] "ranks"
                Expect.equal ties 6.0 "one pair"

            testCase "values that are all zero are tied, though their tolerance is zero too"
            <| fun () ->
                let struct (ranks, ties) = RankComparison.Ranks([| 0.0; 0.0; 0.0 |], true)
                Expect.equal (List.ofArray ranks) [ 2.0; 2.0; 2.0 ] "ranks"
                Expect.equal ties 24.0 "three in one"

            testCase "a level lies between nothing and one, neither of which is one"
            <| fun () ->
                let row = [| 1.0; 2.0 |] :> System.Collections.Generic.IReadOnlyList<float>

                for level in [ 0.0; 1.0; -0.1; nan ] do
                    Expect.throwsT<StatisticsInputException>
                        (fun () -> RankComparison.Of([| row; row |], true, level) |> ignore)
                        $"{level}"
        ]
