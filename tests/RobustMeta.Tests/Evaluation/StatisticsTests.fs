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

let private bootstrap =
    testList
        "bootstrap"
        [
            testCase "two values: the means 0, ½ and 1 with fractions ¼, ½ and ¼"
            <| fun () ->
                let ends level =
                    let i = Significance.Bootstrap([| 0.0; 1.0 |], 3L, level)
                    i.Low, i.High

                Expect.equal (ends 0.6) (0.0, 1.0) "a fifth in each tail"
                Expect.equal (ends 0.4) (0.5, 0.5) "three tenths in each tail"

            testCase "many values: the normal interval"
            <| fun () ->
                let values = [| for i in 0..399 -> sin (float (i * i)) + 0.1 |]
                let exact = Significance.StudentInterval values
                let i = Significance.Bootstrap(values, 3L)
                Expect.floatClose Accuracy.veryHigh i.Mean exact.Mean "mean"
                let tolerance = { absolute = 0.05 * (exact.High - exact.Low); relative = 0.0 }
                Expect.floatClose tolerance i.Low exact.Low "low"
                Expect.floatClose tolerance i.High exact.High "high"

            testCase "the seed decides"
            <| fun () ->
                let values = [| for i in 0..29 -> sin (float i) |]
                let ends seed = let i = Significance.Bootstrap(values, seed) in i.Low, i.High
                Expect.equal (ends 3L) (ends 3L) "same seed"
                Expect.notEqual (ends 3L) (ends 4L) "another seed"
                refused (fun () -> Significance.Bootstrap([||], 1L)) "no value"

            testCase "a single value has no interval, not one of width zero"
            <| fun () ->
                let i = Significance.Bootstrap([| 0.3 |], 1L)
                Expect.equal (i.Mean, i.Count) (0.3, 1) "mean"
                Expect.isTrue (Double.IsNaN i.Low && Double.IsNaN i.High) "ends"
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
                    "Bootstrap", (fun x -> box (Significance.Bootstrap(x, 1L)))
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

let private average =
    testList
        "average ranks"
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
        ]

let private names count = [| for i in 1..count -> $"u{i}" |]

let private stratified =
    testList
        "StratifiedBootstrap"
        [
            testCase "users of one seed: the interval of the plain bootstrap"
            <| fun () ->
                let values = [| for i in 0..399 -> sin (float (i * i)) + 0.1 |]
                let exact = Significance.StudentInterval values

                for level in [ BootstrapLevel.Users; BootstrapLevel.UsersWithinSeeds ] do
                    let draws = StratifiedBootstrap([| names 400 |], level, 3L, 4000)

                    let found =
                        draws.Estimate(fun draw ->
                            draw.Mean [| values :> System.Collections.Generic.IReadOnlyList<float> |])

                    let tolerance = { absolute = 0.06 * (exact.High - exact.Low); relative = 0.0 }
                    Expect.floatClose Accuracy.high found.Interval.Mean exact.Mean "mean"
                    Expect.floatClose tolerance found.Interval.Low exact.Low $"{level}: low"
                    Expect.floatClose tolerance found.Interval.High exact.High $"{level}: high"

            testCase "seeds that differ more than users widen the interval that resamples them"
            <| fun () ->
                let values = [| for s in 0..4 -> [| for u in 0..49 -> float s + 0.1 * sin (float (u * u)) |] |]
                let users = [| for s in 0..4 -> [| for u in 0..49 -> $"{s}-{u}" |] |]
                let rows = values |> Array.map (fun x -> x :> System.Collections.Generic.IReadOnlyList<float>)
                let people = users |> Array.map (fun x -> x :> System.Collections.Generic.IReadOnlyList<string>)

                let width level =
                    let found = StratifiedBootstrap(people, level, 1L).Estimate(fun draw -> draw.Mean rows)
                    Expect.floatClose Accuracy.high found.Interval.Mean (rows |> Array.averageBy Seq.average) "mean"
                    found.Interval.High - found.Interval.Low

                Expect.isGreaterThan (width BootstrapLevel.Seeds) (10.0 * width BootstrapLevel.UsersWithinSeeds) "seeds"
                Expect.isGreaterThan (width BootstrapLevel.SeedsAndUsers) (width BootstrapLevel.UsersWithinSeeds) "both"

            testCase "one user has no interval and no p-value"
            <| fun () ->
                let found =
                    StratifiedBootstrap([| [| "u" |] |], BootstrapLevel.Users)
                        .Estimate(fun draw -> draw.Users[0][0] * 0.5)

                Expect.equal found.Interval.Mean 0.5 "estimate"
                Expect.isTrue (Double.IsNaN found.Interval.Low && Double.IsNaN found.P) "none"

            testCase "a person who is drawn counts under every seed"
            <| fun () ->
                let draws = StratifiedBootstrap([| [| "a"; "b" |]; [| "b"; "a" |] |], BootstrapLevel.Users, 5L, 50)

                draws.Estimate(fun draw ->
                    Expect.equal (draw.Users[0][0], draw.Users[0][1]) (draw.Users[1][1], draw.Users[1][0]) "as often"
                    0.0)
                |> ignore
        ]

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
        Expect.equal (found.WilcoxonP, found.SignFlipP) (0.125, 0.125) "four users better off: 2/16"
        Expect.equal found.RankBiserial 1.0 "all positive"
        Expect.floatClose Accuracy.high found.PairedTP (Significance.PairedT [| 0.2; 0.3 |]) "over seeds"
        Expect.floatClose Accuracy.high found.CohenDz (Significance.CohenDz [| 0.1; 0.4; 0.2; 0.1 |]) "over users"

[<Tests>]
let tests =
    testList
        "Statistics"
        [
            student
            wilcoxon
            holm
            bootstrap
            lowestMean
            notFinite
            signFlip
            effects
            average
            stratified
            comparison
        ]
