module RobustMeta.Tests.Evaluation.StratifiedBootstrapTests

open System
open Expecto
open RobustMeta.Evaluation

let private refused (call: unit -> obj) what =
    Expect.throwsC (fun () -> call () |> ignore) (fun error -> Expect.isTrue (error :? ArgumentException) what)

let private names count = [| for i in 1..count -> $"u{i}" |]

/// Interval of the mean over users of one seed.
let private interval level (values: float[]) seed =
    StratifiedBootstrap([| names values.Length |], BootstrapLevel.Users, seed, 10000)
        .Estimate((fun draw -> draw.Mean [| values :> System.Collections.Generic.IReadOnlyList<float> |]), level)
        .Interval

let private ofOneSeed =
    testList
        "users of one seed"
        [
            testCase "two values: the means 0, ½ and 1 with fractions ¼, ½ and ¼"
            <| fun () ->
                let ends level =
                    let i = interval level [| 0.0; 1.0 |] 3L
                    i.Low, i.High

                Expect.equal (ends 0.6) (0.0, 1.0) "a fifth in each tail"
                Expect.equal (ends 0.4) (0.5, 0.5) "three tenths in each tail"

            testCase "many values: the normal interval"
            <| fun () ->
                let values = [| for i in 0..399 -> sin (float (i * i)) + 0.1 |]
                let exact = Significance.StudentInterval values
                let i = interval 0.95 values 3L
                Expect.floatClose Accuracy.veryHigh i.Mean exact.Mean "mean"
                let tolerance = { absolute = 0.05 * (exact.High - exact.Low); relative = 0.0 }
                Expect.floatClose tolerance i.Low exact.Low "low"
                Expect.floatClose tolerance i.High exact.High "high"

            testCase "the seed decides"
            <| fun () ->
                let values = [| for i in 0..29 -> sin (float i) |]
                let ends seed = let i = interval 0.95 values seed in i.Low, i.High
                Expect.equal (ends 3L) (ends 3L) "same seed"
                Expect.notEqual (ends 3L) (ends 4L) "another seed"
                refused (fun () -> interval 0.95 [||] 1L |> box) "no value"

            testCase "a single value has no interval, not one of width zero"
            <| fun () ->
                let i = interval 0.95 [| 0.3 |] 1L
                Expect.equal (i.Mean, i.Count) (0.3, 1) "mean"
                Expect.isTrue (Double.IsNaN i.Low && Double.IsNaN i.High) "ends"
        ]

let private ofSeveral =

    testList
        "several seeds"
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

[<Tests>]
let tests = testList "StratifiedBootstrap" [ ofOneSeed; ofSeveral ]
