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

let private refused (call: unit -> obj) what = Expect.throwsT<ArgumentException> (fun () -> call () |> ignore) what

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
            <| fun () -> near 0.04401098 (Significance.Wilcoxon depression) "z = 17 / √71.25"

            testCase "sleep data: ties and a zero"
            <| fun () -> near 0.009090698 (Significance.Wilcoxon sleep) "V = 45 of 9 pairs"

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
            testCase "two values: the means 0, ½ and 1 with shares ¼, ½ and ¼"
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
        ]

let private lowestMean =
    testList
        "LowestMean"
        [
            testCase "by hand"
            <| fun () ->
                let values = [ for i in 10..-1..1 -> float i ]

                for share, expected in [ 0.1, 1.0; 0.05, 1.0; 0.2, 1.5; 0.25, 1.8; 1.0, 5.5 ] do
                    Expect.floatClose Accuracy.high (TailStatistics.LowestMean(values, share)) expected $"{share}"

            property "is max over t of t − E[(t − x)₊] / α (Rockafellar and Uryasev)"
            <| fun (first: sbyte) (rest: sbyte list) (cut: byte) ->
                let values = [ for v in first :: rest -> float v ]
                let share = (1.0 + float cut) / 256.0
                let dual t = t - (values |> List.averageBy (fun x -> max 0.0 (t - x))) / share
                let expected = values |> List.map dual |> List.max
                Expect.floatClose Accuracy.high (TailStatistics.LowestMean(values, share)) expected "dual"

            testCase "no values, or no share"
            <| fun () ->
                for values, share in [ [], 0.5; [ 1.0 ], 0.0; [ 1.0 ], 1.1; [ 1.0 ], nan ] do
                    refused (fun () -> TailStatistics.LowestMean(values, share)) $"{values}, {share}"
        ]

[<Tests>]
let tests = testList "Statistics" [ student; wilcoxon; holm; bootstrap; lowestMean ]
