module RobustMeta.Tests.Evaluation.RobustnessSummaryTests

open System
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Robustness
open RobustMeta.Tests.Properties

let private close actual expected what = Expect.floatClose Accuracy.high actual expected what

[<Tests>]
let tests =
    testList
        "Robustness summaries"
        [
            testCase "degradation by hand"
            <| fun () ->
                let found =
                    Degradation.Of([| -1.0; 0.0; 1.0; 2.0 |], [| 0.5; 0.0; 0.5; 2.0 |], [| 0.5; 0.6; 0.5; 0.4 |], true)

                close found.Average 0.5 "average"
                close found.Worst 0.4 "worst"
                close found.RelativeDrop (0.2 / 0.6) "relative drop from β = 0"
                close found.Slope -0.1 "a tenth for each unit of |β|"
                close found.Area ((0.55 + 0.55 + 0.45) / 3.0) "trapezoids"
                let error = Degradation.Of([| 0.0; 1.0 |], [| 0.0; 1.0 |], [| 1.0; 1.5 |], false)
                close error.RelativeDrop 0.5 "an error that grows is a loss"
                close error.SlopeKl 0.5 "slope against KL"

                let single = Degradation.Of([| 0.0 |], [| 0.0 |], [| 0.7 |], true)
                Expect.isTrue (Double.IsNaN single.Slope) "one test set has no slope"
                Expect.equal single.Area 0.7 "and its own height"

            testCase "Gini and interquartile mean by hand"
            <| fun () ->
                close (TailStatistics.Gini [| 1.0; 1.0; 1.0 |]) 0.0 "equal"
                close (TailStatistics.Gini [| 0.0; 0.0; 0.0; 4.0 |]) 0.75 "all with one of four"
                close (TailStatistics.Gini [| 1.0; 2.0; 3.0; 4.0 |]) 0.25 "one to four"
                close (TailStatistics.InterquartileMean [| 9.0; 1.0; 3.0; 2.0 |]) 2.5 "the middle two of four"
                close (TailStatistics.InterquartileMean [| 5.0 |]) 5.0 "one"

            property "Gini is the mean absolute difference over twice the mean"
            <| fun (first: byte) (rest: byte list) ->
                let x = [| for v in first :: rest -> float v |]

                if Array.sum x > 0.0 then
                    let pairs = Seq.allPairs x x |> Seq.averageBy (fun (a, b) -> abs (a - b))
                    close (TailStatistics.Gini x) (pairs / (2.0 * Array.average x)) "definition"

            property "the CVaR curve rises to the mean"
            <| fun (first: sbyte) (rest: sbyte list) ->
                let x = [| for v in first :: rest -> float v |]
                let curve = [ for struct (_, mean) in TailStatistics.Curve(x, [ 0.1; 0.5; 0.9; 1.0 ]) -> mean ]
                Expect.isTrue (List.pairwise curve |> List.forall (fun (a, b) -> a <= b + 1e-9)) "rises"
                close (List.last curve) (Array.average x) "mean"

            testCase "groups"
            <| fun () ->
                let found = GroupSummary.Of([| 0.2; 0.4; 0.9 |], [| "a"; "a"; "b" |])
                close found.Minimum 0.3 "minimum"
                Expect.equal found.MinimumGroup "a" "whose"
                close found.Gap 0.6 "gap"

            testCase "the worst case over a CVaR set is the lowest mean, and grows with the radius of a KL ball"
            <| fun () ->
                let values = [| for i in 1..20 -> sin (float (i * i)) |]
                let cvar = WorstCase.Of(values, true, AmbiguitySet.Parse "cvar 0.25")
                close cvar.Mean (TailStatistics.LowestMean(values, 0.25)) "CVaR"
                close cvar.EffectiveSampleFraction 0.25 "five of twenty"
                let sets = [ for r in [ 0.0001; 0.01; 0.1; 1.0 ] -> AmbiguitySet.Parse $"kl {r}" ]
                let means = [ for w in WorstCase.Curve(values, true, sets) -> w.Mean ]
                Expect.equal means (List.sortDescending means) "worse"
                let losses = [ for w in WorstCase.Curve(values, false, sets) -> w.Mean ]
                Expect.equal losses (List.sort losses) "higher losses"
        ]
