module RobustMeta.Tests.Shift.ExponentialTiltTests

open System
open Expecto
open RobustMeta.Data
open RobustMeta.Shift
open RobustMeta.Tasks

let private world = lazy SyntheticRatings.Generate(SyntheticSpec(Users = 1000, Items = 150), 1L)
let private source = lazy TaskSource(world.Value.Ratings, LabelKind.Click, 4.0)
let private split = lazy TaskSplit.Of(world.Value.Ratings, TaskSplitSpec(TestFraction = 0.4), 1L)
let private sets (tilt: ExponentialTilt) = tilt.TestSets(ShiftInput(source.Value, split.Value, 11, 7L))

let private logPopularity =
    lazy
        (let ratings = world.Value.Ratings
         let train = split.Value.MetaTrain |> Seq.map _.User |> Set.ofSeq
         let counts = Array.zeroCreate<float> ratings.Items.Count

         for r in 0 .. ratings.Count - 1 do
             if train.Contains ratings.UserIndex[r] then
                 counts[ratings.ItemIndex[r]] <- counts[ratings.ItemIndex[r]] + 1.0

         counts |> Array.map (fun c -> log (c + 1.0)))

let private meanPopularity (rows: int seq) =
    rows |> Seq.averageBy (fun r -> logPopularity.Value[world.Value.Ratings.ItemIndex[r]])

[<Tests>]
let tests =
    testList
        "ExponentialTilt"
        [
            testCase "queries are drawn from the pool, supports are left alone, lengths are kept"
            <| fun () ->
                let pools = split.Value.Test |> Seq.map (fun t -> t.User, t) |> Map.ofSeq

                for set in sets (ExponentialTilt()) do
                    for task in set.Tasks do
                        let pool = pools[task.User]
                        Expect.equal task.Support pool.Support "support"
                        Expect.isTrue (task.Query |> Seq.forall pool.Query.Contains) "from the pool"
                        Expect.equal (Seq.distinct task.Query |> Seq.length) task.Query.Length "without replacement"
                        Expect.equal task.Query.Length (min 20 (pool.Query.Length / 2)) "length"
                        let relevant = task.Query |> Seq.filter source.Value.IsRelevant |> Seq.length
                        Expect.isTrue (relevant > 0 && relevant < task.Query.Length) "both classes"

            testCase "a growing beta draws rarer items and users of rarer taste"
            <| fun () ->
                let all = sets (ExponentialTilt(ShiftDraws = 3))

                Expect.equal
                    [ for s in all -> s.Number, s.Coordinate ]
                    [ 0, -2.0; 1, -1.0; 2, 0.0; 3, 1.0; 4, 2.0 ]
                    "numbers"

                let query = [ for s in all -> s.Tasks |> Seq.averageBy (fun t -> meanPopularity t.Query) ]
                let support = [ for s in all -> s.Tasks |> Seq.averageBy (fun t -> meanPopularity t.Support) ]
                Expect.equal (List.sortDescending query) query "queries get rarer"
                Expect.equal (List.sortDescending support) support "users' tastes get rarer"

            testCase "beta 0 has no divergence, and the rest more the farther from 0"
            <| fun () ->
                let all = sets (ExponentialTilt())
                let kl = [ for s in all -> s.Users.KullbackLeibler, s.Interactions.KullbackLeibler ]
                Expect.floatClose Accuracy.high (fst kl[2]) 0.0 "users"
                Expect.floatClose Accuracy.high (snd kl[2]) 0.0 "interactions"
                Expect.floatClose Accuracy.high all[2].Users.EffectiveSampleFraction 1.0 "effective sample"

                for near, far in [ 1, 0; 3, 4 ] do
                    Expect.isGreaterThan (fst kl[far]) (fst kl[near]) "users"
                    Expect.isGreaterThan (snd kl[far]) (snd kl[near]) "interactions"

            testCase "divergence of a hand-made tilt"
            <| fun () ->
                // q = (1, e) / (1 + e): KL to (1/2, 1/2) and 1 / (2 Σ q²) by hand.
                let q1 = exp 1.0 / (1.0 + exp 1.0)
                let q0 = 1.0 - q1
                let d = Divergence.Of(ReadOnlySpan [| 0.0; 1.0 |], 0.25)
                Expect.floatClose Accuracy.high d.KullbackLeibler (q0 * log (2.0 * q0) + q1 * log (2.0 * q1)) "KL"
                Expect.floatClose Accuracy.high d.EffectiveSampleFraction (1.0 / (2.0 * (q0 * q0 + q1 * q1))) "ESS"
                Expect.equal d.MeanProperty 0.25 "mean"

            testCase "standard normal scores have the divergence of a Gaussian shift"
            <| fun () ->
                // Tilting a standard normal by exp(βz) shifts it by β: KL = β²/2, ESS/n = exp(-β²).
                let normal = MathNet.Numerics.Distributions.Normal.InvCDF
                let scores = Array.init 20000 (fun i -> normal (0.0, 1.0, (float i + 0.5) / 20000.0))
                let d = Divergence.Of(ReadOnlySpan(scores |> Array.map ((*) 0.5)), 0.0)
                Expect.isLessThan (abs (d.KullbackLeibler - 0.125)) 0.002 "KL"
                Expect.isLessThan (abs (d.EffectiveSampleFraction - exp -0.25)) 0.002 "ESS"

            testCase "draws follow the tilted law"
            <| fun () ->
                // One interaction of each pool, β = 1: the drawn one's mean score against the exact expectation.
                let spec =
                    ExponentialTilt(
                        Betas = [| 1.0 |],
                        TestQueryLength = 1,
                        TestUserFraction = 1.0,
                        UserShift = UserShiftProperty.None,
                        ShiftDraws = 20
                    )

                let rating = TaskSource(world.Value.Ratings, LabelKind.Rating, 4.0)
                let set = spec.TestSets(ShiftInput(rating, split.Value, 1, 3L))[0]

                let scores =
                    ShiftProperties(rating, split.Value.MetaTrain, UserShiftProperty.None, spec.InteractionShift)

                let expected =
                    split.Value.Test
                    |> Seq.averageBy (fun t ->
                        let z = [ for r in t.Query -> scores.Interaction r ]
                        let w = z |> List.map exp
                        List.sum (List.map2 (*) z w) / List.sum w)

                let error = abs (set.Interactions.MeanProperty - expected)

                Expect.isLessThan
                    error
                    (4.0 / sqrt (float set.Tasks.Length))
                    "within four standard errors (spread below 1)"

                Expect.isGreaterThan expected 0.2 "the tilt is not nothing"

            testCase "the same sets for the same seed, whatever else was drawn before"
            <| fun () ->
                let key (s: ShiftedTestSet) = [ for t in s.Tasks -> t.User, List.ofSeq t.Query ]
                let alone, five = sets (ExponentialTilt(Betas = [| 2.0 |])), sets (ExponentialTilt())
                Expect.equal (key alone[0]) (key five[4]) "beta 2 alone or fifth of five"

            testCase "an empty test set is refused, with the remedy"
            <| fun () ->
                Expect.throwsC
                    (fun () ->
                        ExponentialTilt(TestQueryLength = 10).TestSets(ShiftInput(source.Value, split.Value, 11, 1L))
                        |> ignore)
                    (fun e -> Expect.stringContains e.Message "testQueryLength" "remedy")

            testCase "recency without times is refused"
            <| fun () ->
                Expect.throwsC
                    (fun () -> sets (ExponentialTilt(InteractionShift = InteractionShiftProperty.Recency)) |> ignore)
                    (fun e -> Expect.stringContains e.Message "times" "reason")
        ]
