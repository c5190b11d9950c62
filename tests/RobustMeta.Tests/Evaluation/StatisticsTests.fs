module RobustMeta.Tests.Evaluation.StatisticsTests

open System
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Tests.Properties

// Extra hours of sleep under two drugs (Student, Biometrika 1908), ten patients.
let private sleep = [| 1.2; 2.4; 1.3; 1.3; 0.0; 1.0; 1.8; 0.8; 4.6; 1.4 |]

// Depression factors before and after (Hollander and Wolfe, 1973, p. 29), nine patients.
let private depression =
    Array.map2
        (-)
        [| 1.83; 0.50; 1.62; 2.48; 1.68; 1.88; 1.55; 3.06; 1.30 |]
        [| 0.878; 0.647; 0.598; 2.05; 1.06; 1.29; 1.06; 3.14; 1.29 |]

let private near expected actual what = Expect.floatClose { absolute = 1e-6; relative = 1e-5 } actual expected what

let private refused (call: unit -> obj) what =
    Expect.throwsC (fun () -> call () |> ignore) (fun error -> Expect.isTrue (error :? ArgumentException) what)

let private student =
    testList
        "Student"
        [
            testCase "interval of the sleep data"
            <| fun () ->
                let i = Significance.StudentInterval sleep
                near 1.58 i.Mean "mean"
                near 0.7001142 i.Low "low"
                near 2.4598858 i.High "high"
                Expect.equal i.Count 10 "count"

            testCase "interval at another level"
            <| fun () ->
                // t(4, 0.95) = 2.1318468, standard error √(2.5/5).
                let i = Significance.StudentInterval([| 1.0; 2.0; 3.0; 4.0; 5.0 |], 0.9)
                near (3.0 - 2.1318468 * sqrt 0.5) i.Low "low"
                near (3.0 + 2.1318468 * sqrt 0.5) i.High "high"

            testCase "one value has no width, none no mean"
            <| fun () ->
                let i = Significance.StudentInterval [| 4.0 |]
                Expect.equal i.Mean 4.0 "mean"
                Expect.isTrue (Double.IsNaN i.Low && Double.IsNaN i.High) "ends"
                refused (fun () -> Significance.StudentInterval [||]) "no value"

            testCase "paired t test of the sleep data"
            <| fun () ->
                near 0.00283289 (Significance.PairedT sleep) "p"
                near 0.00283289 (Significance.PairedT(Array.map (~-) sleep)) "two-sided"

            testCase "differences that are all equal"
            <| fun () ->
                Expect.equal (Significance.PairedT [| 0.0; 0.0 |]) 1.0 "nothing happened"
                Expect.equal (Significance.PairedT [| 2.0; 2.0 |]) 0.0 "it happened to all"
                refused (fun () -> Significance.PairedT [| 1.0 |]) "one difference"
        ]

let private wilcoxon =
    testList
        "Wilcoxon"
        [
            testCase "depression data: V = 40, no ties"
            <| fun () ->
                // Hollander and Wolfe (1973), p. 29: one-sided p = .020 (10 of 512 assignments).
                near 0.0390625 (Significance.Wilcoxon depression) "twice 10/512"

            testCase "sleep data: ties and a zero"
            <| fun () -> near (2.0 / 512.0) (Significance.Wilcoxon sleep) "V = 45 of 9 pairs: all are positive"

            testCase "beyond fifty pairs: the normal approximation with ties and continuity"
            <| fun () ->
                // Sixty pairs, magnitudes 1 to 30 twice, a third of them negative.
                let differences = [| for i in 0..59 -> (if i % 3 = 0 then -1.0 else 1.0) * float (1 + i / 2) |]
                let ranks = [| for i in 0..59 -> 2.0 * float (i / 2) + 1.5 |]
                let positive = Array.zip differences ranks |> Array.sumBy (fun (d, r) -> if d > 0.0 then r else 0.0)
                let variance = 60.0 * 61.0 * 121.0 / 24.0 - 30.0 * 6.0 / 48.0
                let z = (abs (positive - 915.0) - 0.5) / sqrt variance
                let expected = 2.0 * MathNet.Numerics.Distributions.Normal.CDF(0.0, 1.0, -z)
                near expected (Significance.Wilcoxon differences) "p"

            testCase "five equal differences: 2/32, also when rounding tells them apart"
            <| fun () ->
                Expect.equal (Significance.Wilcoxon(Array.replicate 5 0.1)) 0.0625 "exact"
                let rounded = [| 0.825 - 0.775; 0.375 - 0.325; 0.05; 0.1 - 0.05; 0.95 - 0.9 |]
                Expect.isGreaterThan (Array.distinct rounded).Length 1 "rounding tells them apart"
                Expect.equal (Significance.Wilcoxon rounded) 0.0625 "ties"
                let mixed = SignedRanks [| 0.5 - 0.525; 0.825 - 0.775; 0.375 - 0.325; 0.775 - 0.825 |]
                Expect.equal mixed.Positive 6.0 "ranks 1, 3, 3, 3"

            property "is the enumeration of all signs for up to eight pairs"
            <| fun (values: sbyte list) ->
                let differences = [| for v in List.truncate 8 values -> float (v % 5y) |]
                let magnitudes = differences |> Array.filter ((<>) 0.0) |> Array.map abs

                let rank (m: float) =
                    let below = magnitudes |> Array.filter (fun x -> x < m) |> Array.length
                    let equal = magnitudes |> Array.filter ((=) m) |> Array.length
                    float below + float (equal + 1) / 2.0

                let ranks = magnitudes |> Array.map rank
                let own = differences |> Array.sumBy (fun d -> if d > 0.0 then rank d else 0.0)

                let sums =
                    [
                        for signs in 0 .. (1 <<< ranks.Length) - 1 ->
                            Seq.sum
                                [ for i in 0 .. ranks.Length - 1 -> if signs >>> i &&& 1 = 1 then ranks[i] else 0.0 ]
                    ]

                let fraction test = (sums |> List.filter test |> List.length |> float) / float sums.Length
                let expected = min 1.0 (2.0 * min (fraction (fun x -> x <= own)) (fraction (fun x -> x >= own)))
                Expect.floatClose Accuracy.veryHigh (Significance.Wilcoxon differences) expected "p"

            testCase "no evidence"
            <| fun () ->
                for differences in [ [||]; [| 0.0; 0.0 |]; [| 3.0 |]; [| 1.0; -1.0 |]; [| 2.0; -1.0; -1.0; 0.0 |] ] do
                    Expect.floatClose Accuracy.high (Significance.Wilcoxon differences) 1.0 $"%A{differences}"

            property "sign and scale do not matter"
            <| fun (values: sbyte list) ->
                let differences = [| for v in values -> float v |]
                let p = Significance.Wilcoxon differences
                Expect.isTrue (p >= 0.0 && p <= 1.0) $"p = {p}"
                Expect.floatClose Accuracy.high (Significance.Wilcoxon(Array.map (~-) differences)) p "sign"
                Expect.floatClose Accuracy.high (Significance.Wilcoxon(Array.map ((*) 0.5) differences)) p "scale"
        ]

let private holm =
    testList
        "Holm"
        [
            testCase "by hand"
            <| fun () ->
                let adjusted = Significance.Holm [| 0.01; 0.04; 0.03; 0.005 |]
                Array.iter2 (fun e a -> near e a "adjusted") [| 0.03; 0.06; 0.06; 0.02 |] adjusted
                Expect.equal (Significance.Holm [| 0.9; 0.8 |]) [| 1.0; 1.0 |] "at most one"
                Expect.isEmpty (Significance.Holm [||]) "none"

            testCase "a test that was not made does not count, and spreads to no other"
            <| fun () ->
                let same (expected: float list) actual what =
                    Expect.equal
                        [ for x in actual -> if Double.IsNaN x then "NaN" else $"{x:F6}" ]
                        [ for x in expected -> if Double.IsNaN x then "NaN" else $"{x:F6}" ]
                        what

                same [ 0.02; nan; 0.04 ] (Significance.Holm [| 0.01; nan; 0.04 |]) "Holm"
                same [ 0.02; nan; 0.04 ] (Significance.BenjaminiHochberg [| 0.01; nan; 0.04 |]) "Benjamini and Hochberg"
                refused (fun () -> Significance.Holm [| 1.1 |]) "above one"
                refused (fun () -> Significance.BenjaminiHochberg [| -0.1 |]) "below zero"

            testCase "the fifteen hypotheses of Benjamini and Hochberg (1995, section 4.1)"
            <| fun () ->
                let p =
                    [|
                        0.0001
                        0.0004
                        0.0019
                        0.0095
                        0.0201
                        0.0278
                        0.0298
                        0.0344
                        0.0459
                        0.3240
                        0.4262
                        0.5719
                        0.6528
                        0.7590
                        1.0
                    |]

                let rejected (adjusted: float[]) = adjusted |> Array.filter (fun x -> x <= 0.05) |> Array.length
                Expect.equal (rejected (Significance.BenjaminiHochberg p)) 4 "four discoveries"
                Expect.equal (rejected (Significance.Holm p)) 3 "three under familywise control"

            property "rejects what the step-down procedure rejects"
            <| fun (values: byte list) ->
                let p = [| for v in values -> float v / 2550.0 |]
                let adjusted = Significance.Holm p
                // A level that no product of the grid meets.
                let level = 0.0501
                let m = p.Length

                let rejected =
                    Array.sort p
                    |> Array.indexed
                    |> Array.takeWhile (fun (rank, x) -> x <= level / float (m - rank))
                    |> Array.length

                Expect.equal (adjusted |> Array.filter (fun x -> x <= level)).Length rejected "rejections"
        ]

let private lowestMean =
    testList
        "LowestMean"
        [
            testCase "by hand"
            <| fun () ->
                let values = [ for i in 10..-1..1 -> float i ]

                for fraction, expected in [ 0.1, 1.0; 0.05, 1.0; 0.2, 1.5; 0.25, 1.8; 1.0, 5.5 ] do
                    Expect.floatClose Accuracy.high (TailStatistics.LowestMean(values, fraction)) expected $"{fraction}"

            property "is max over t of t − E[(t − x)₊] / α (Rockafellar and Uryasev)"
            <| fun (first: sbyte) (rest: sbyte list) (cut: byte) ->
                let values = [ for v in first :: rest -> float v ]
                let fraction = (1.0 + float cut) / 256.0
                let dual t = t - (values |> List.averageBy (fun x -> max 0.0 (t - x))) / fraction
                let expected = values |> List.map dual |> List.max
                Expect.floatClose Accuracy.high (TailStatistics.LowestMean(values, fraction)) expected "dual"

            testCase "no values, or no fraction"
            <| fun () ->
                for values, fraction in [ [], 0.5; [ 1.0 ], 0.0; [ 1.0 ], 1.1; [ 1.0 ], nan ] do
                    refused (fun () -> TailStatistics.LowestMean(values, fraction)) $"{values}, {fraction}"
        ]

let private notFinite =
    testList
        "numbers that are not finite are refused"
        [
            for name, call in
                [
                    "StudentInterval", (fun (x: float[]) -> box (Significance.StudentInterval x))
                    "PairedT", (fun x -> box (Significance.PairedT x))
                    "Wilcoxon", (fun x -> box (Significance.Wilcoxon x))
                    "SignFlip", (fun x -> box (Significance.SignFlip x))
                    "CohenDz", (fun x -> box (Significance.CohenDz x))
                    "Ranks", (fun x -> box (RankComparison.Ranks(x, true)))
                    "RankComparison",
                    (fun x ->
                        box (RankComparison.Of([| (x :> System.Collections.Generic.IReadOnlyList<float>) |], true)))
                    "PairedComparison",
                    (fun x -> box (PairedComparison.Of [| SeedDifferences(1L, [| for i in x -> $"{i}" |], x) |]))
                ] do
                testCase name
                <| fun () ->
                    for bad in [ nan; infinity; -infinity ] do
                        let error =
                            try
                                call [| 0.1; bad; 0.2 |] |> ignore
                                None
                            with :? StatisticsInputException as error ->
                                Some error.Message

                        Expect.stringContains (defaultArg error "nothing was refused") "Value 2 of 3" $"{bad}"
        ]

let private signFlip =
    testList
        "sign-flip permutation"
        [
            property "counts the assignments of signs of up to eight pairs"
            <| fun (first: sbyte) (rest: sbyte list) ->
                let d = [| for v in List.truncate 8 (first :: rest) -> float v |]
                let observed = abs (Array.sum d)

                let sums =
                    [
                        for signs in 0 .. (1 <<< d.Length) - 1 ->
                            Array.sum [| for i in 0 .. d.Length - 1 -> if signs >>> i &&& 1 = 1 then -d[i] else d[i] |]
                    ]

                let extreme = sums |> List.filter (fun s -> abs s >= observed) |> List.length
                Expect.equal (Significance.SignFlip d) (float extreme / float sums.Length) "p"

            testCase "Darwin's maize (Fisher, The Design of Experiments, section 21)"
            <| fun () ->
                // Eighths of an inch, crossed minus self-fertilised: 1726 of 32768 assignments are as extreme.
                let maize = [| 49.; -67.; 8.; 16.; 6.; 23.; 28.; 41.; 14.; 29.; 56.; 24.; 75.; 60.; -48. |]
                near (1726.0 / 32768.0) (Significance.SignFlip maize) "two-sided"

            testCase "sixteen pairs are enumerated, seventeen are drawn"
            <| fun () ->
                // Sixteen gains alike: of 2¹⁶ assignments only that of all plus and that of all minus are as extreme.
                Expect.equal (Significance.SignFlip(Array.create 16 1.0)) (2.0 / 65536.0) "exact"
                let drawn = Significance.SignFlip(Array.create 17 1.0)
                Expect.isGreaterThanOrEqual drawn (1.0 / 10001.0) "the observed assignment is one of 10,001"

            testCase "many pairs: close to the t test"
            <| fun () ->
                let values = [| for i in 0..99 -> sin (float (i * i)) + 0.1 |]
                Expect.isLessThan (abs (Significance.SignFlip(values, 3L) - Significance.PairedT values)) 0.02 "p"
        ]

let private effects =
    testCase "effect sizes of the sleep data"
    <| fun () ->
        // t = 4.0621 of ten pairs, so d_z = t / √10 = 1.2846; all nine ranks are positive.
        near 1.284558 (Significance.CohenDz sleep) "Cohen's d_z"
        Expect.equal (SignedRanks sleep).RankBiserial 1.0 "rank-biserial"
        near (2.0 * 40.0 / 45.0 - 1.0) (SignedRanks depression).RankBiserial "depression: V = 40 of 45"

[<Tests>]
let tests = testList "Statistics" [ student; wilcoxon; holm; lowestMean; notFinite; signFlip; effects ]
