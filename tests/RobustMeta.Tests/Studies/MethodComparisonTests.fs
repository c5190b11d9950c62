module RobustMeta.Tests.Studies.MethodComparisonTests

open System
open System.Collections.Generic
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Studies

let private cohort n = Cohort([| for u in 1..n -> $"u{u}" |], [| -1.0; 0.0; 1.0 |], [| for u in 1..n -> u % 10 = 0 |])

/// A metric of user u is `value set u`.
let private valuesOf metric (cohort: Cohort) (value: int -> int -> float) =
    MethodValues(
        cohort,
        [
            for set in 0..2 do
                for u in 1 .. cohort.Users.Count do
                    UserResult("m", set, $"u{u}", metric, value set u)
        ]
    )

let private ndcg = valuesOf "NDCG@10"
let private named name = StudyMeasure.Standard |> Seq.find (fun m -> m.Name = name)
let private measured name (cohort: Cohort) values = (named name).Of(cohort, values).Invoke(cohort.Once())
let private close actual expected name = Expect.floatClose Accuracy.high actual expected name

let private seeds (gain: int64 -> int -> float) =
    [|
        for seed in 1L .. 4L ->
            let cohort = cohort 40
            let plain = ndcg cohort (fun _ u -> 0.3 + 0.01 * float u)
            let other = ndcg cohort (fun _ u -> 0.3 + 0.01 * float u + gain seed u)
            SeedResult(seed, cohort, dict [ "plain", plain; "other", other ] |> Dictionary)
    |]

let private countsTest () =
    let random = Random 5
    let size = 30
    let cohort = cohort size
    let drawn = [| for _ in 1..3 -> [| for _ in 1..size -> random.NextDouble() |] |]
    let values = ndcg cohort (fun set u -> drawn[set][u - 1])
    let counts = [| for _ in 1..size -> float (random.Next 3) |]

    let repeated =
        [|
            for u in 0 .. size - 1 do
                for _ in 1 .. int counts[u] do
                    u
        |]

    let copies =
        Cohort(
            [| for i in 1 .. repeated.Length -> $"u{i}" |],
            cohort.Betas,
            [| for u in repeated -> cohort.IsHard[u] |]
        )

    let copied = ndcg copies (fun set i -> drawn[set][repeated[i - 1]])

    for name in [ "NDCG@10"; "worst β"; "worst decile"; "hard tenth" ] do
        close ((named name).Of(cohort, values).Invoke counts) (measured name copies copied) name

let private differencesTest () =
    let compare gain =
        let seeds = seeds gain
        let draws = MethodComparison.Resample seeds
        MethodComparison.Differences("plain", seeds, draws, [ "other" ], named "NDCG@10") |> Seq.exactlyOne

    let random = Random 3
    let noises = Array2D.init 5 41 (fun _ _ -> 0.02 * (random.NextDouble() - 0.5))
    let noise (seed: int64) u = noises[int seed, u]
    let real = compare (fun seed u -> 0.05 + noise seed u)
    Expect.isTrue (real.OverSeeds.Low < 0.05 && 0.05 < real.OverSeeds.High) $"{real.OverSeeds}"
    Expect.isTrue (real.OverUsers.Low < 0.05 && 0.05 < real.OverUsers.High) $"{real.OverUsers}"
    Expect.isLessThan real.Corrected 0.01 "found"
    let none = compare noise
    Expect.isGreaterThan none.Corrected 0.05 "not found"
    // Half the seeds gain, half lose: the users alone would not tell, the seeds do.
    let bySeed = compare (fun seed _ -> if seed % 2L = 0L then 0.05 else -0.04)
    Expect.isGreaterThan bySeed.Corrected 0.05 "seeds disagree"

[<Tests>]
let tests =
    testList
        "MethodComparison"
        [
            testCase "measures of a cohort in closed form"
            <| fun () ->
                let cohort = cohort 20
                // 0.05 … 1.00 where nothing is shifted; a tenth less at β = 1.
                let values = ndcg cohort (fun set u -> 0.05 * float u - (if set = 2 then 0.1 else 0.0))
                close (measured "NDCG@10" cohort values) 0.525 "mean"
                close (measured "worst β" cohort values) 0.425 "worst set"
                close (measured "worst decile" cohort values) 0.075 "two of twenty"
                close (measured "hard tenth" cohort values) 0.75 "users 10 and 20"

            testCase "measures of an error: its largest values are the worst"
            <| fun () ->
                let cohort = cohort 20
                let values = valuesOf "MAE" cohort (fun set u -> 0.05 * float u + (if set = 0 then 0.1 else 0.0))
                close (measured "MAE" cohort values) 0.525 "mean"
                close (measured "MAE worst β" cohort values) 0.625 "worst set"
                close (measured "MAE worst decile" cohort values) 0.975 "two of twenty"
                close (measured "MAE hard tenth" cohort values) 0.75 "users 10 and 20"

            testCase "a user who counts twice is a user who is there twice" countsTest

            testCase "the tail of a loss is its largest tenth, and users without a value do not count"
            <| fun () ->
                let cohort = cohort 21

                let values =
                    MethodValues(
                        cohort,
                        [
                            for u in 1..20 do
                                UserResult("m", 1, $"u{u}", "LogLoss", float u)
                        ]
                    )

                close (measured "LogLoss tail" cohort values) 19.5 "two of twenty"
                close (measured "LogLoss" cohort values) 10.5 "mean"
                Expect.isFalse ((named "AUC").Allows(cohort, values)) "not measured"

            testCase "a metric without measures of its own is measured by its mean"
            <| fun () ->
                let cohort = cohort 20
                let values = valuesOf "RMSE" cohort (fun _ u -> float u)
                let measure = StudyMeasure.For(cohort, [ values ]) |> Seq.exactlyOne
                Expect.equal (measure.Name, measure.HigherIsBetter) ("RMSE", false) "an error"
                close (measure.Of(cohort, values).Invoke(cohort.Once())) 10.5 "mean"

            testCase
                "seeds without a user that a measure is of are left out, and a measure without such seeds has no difference"
            <| fun () ->
                let compared (hard: bool list) =
                    let seeds =
                        [|
                            for seed, isHard in List.indexed hard do
                                let users = [| for u in 1..12 -> $"u{u}" |]

                                let cohort =
                                    Cohort(users, [| -1.0; 0.0; 1.0 |], [| for u in 1..12 -> isHard && u = 12 |])

                                let plain = ndcg cohort (fun _ u -> 0.01 * float u)
                                let other = ndcg cohort (fun _ u -> 0.01 * float u + 0.1 * float (seed + 1))
                                SeedResult(int64 seed, cohort, dict [ "plain", plain; "other", other ] |> Dictionary)
                        |]

                    let draws = MethodComparison.Resample seeds
                    MethodComparison.Differences("plain", seeds, draws, [ "other" ], named "hard tenth") |> List.ofSeq

                Expect.isEmpty (compared [ false ]) "no seed has one"
                let only = compared [ false; true ] |> List.exactlyOne
                close only.OverSeeds.Mean 0.2 "the seed that has one"

            testCase "a gain everywhere is found, noise is not; intervals hold the truth" differencesTest
        ]
