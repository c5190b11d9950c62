module RobustMeta.Tests.Robustness.ReweighterTests

open System
open System.Collections.Generic
open System.Collections.Immutable
open Expecto
open RobustMeta.Robustness
open RobustMeta.Robustness.References
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Tests.Robustness.ReweighterCase

[<Tests>]
let tests =
    testList
        "Reweighter"
        [
            testCase "no level, a rate of zero, and the uniform set are plain training bit for bit"
            <| fun () ->
                let still = [ "taskWeightLr", "0"; "sampleWeightLr", "0" ]

                for settings in
                    [
                        [ "levels", "none" ]
                        [ "set", "uniform" ]
                        [ "set", "uniform"; "ascent", "bestResponse" ]
                        still
                        ("ascent", "exponentiatedGradient") :: still
                        ("ascent", "softmaxLogits") :: still
                        [ "levels", "none"; "ascent", "bestResponse"; "set", "chi2 0.5" ]
                    ] do
                    let adversary = adversary settings

                    epochs (Seeds.Generator(1L, "plain")) (fun batch losses ->
                        let weights, ofUsers = step adversary batch losses
                        Expect.equal weights (plain batch) $"%A{settings}"
                        Expect.allEqual ofUsers (1f / float32 batch.Count) $"%A{settings}")

            testCase "projected ascent: mean-one weights with rate lr are raw weights with rate lr / n"
            <| fun () ->
                let adversary = adversary [ "taskWeightLr", "0.2"; "sampleWeightLr", "0.3" ]
                let mutable ofUsers = Array.create users (1.0 / float users)
                let ofRows = lengths |> List.map (fun (_, q) -> Array.create q (1.0 / float q)) |> Array.ofList

                epochs (Seeds.Generator(2L, "raw")) (fun batch losses ->
                    let weights, _ = step adversary batch losses
                    let batchRows = rows batch (losses |> Array.map float)
                    let weighted = rows batch (weights |> Array.map float)

                    batchRows
                    |> Array.iteri (fun b own ->
                        let u = batch.Positions[b]

                        let expected =
                            ofRows[u] |> Array.map (fun v -> float users * ofUsers[u] * v / float batch.Count)

                        areClose 1e-6 weighted[b] expected "weights of the batch")

                    let climbed = Array.copy ofUsers

                    batchRows
                    |> Array.iteri (fun b own ->
                        let u = batch.Positions[b]
                        climbed[u] <- climbed[u] + 0.2 / float users * Array.sum (Array.map2 (*) ofRows[u] own)
                        let q = float own.Length
                        ofRows[u] <- simplex 1.0 (Array.map2 (fun v l -> v + 0.3 / q * l) ofRows[u] own))

                    ofUsers <- simplex 1.0 climbed
                    areClose 1e-9 adversary.Weights.Users (ofUsers |> Array.map ((*) (float users))) "users"

                    for u in 0 .. users - 1 do
                        let expected = ofRows[u] |> Array.map ((*) (float ofRows[u].Length))
                        areClose 1e-9 (adversary.Weights.Of(u).ToArray()) expected "interactions")

            testCase "exponentiated ascent multiplies by the exponential of the loss; softmax ascent moves logits"
            <| fun () ->
                for rule in [ "exponentiatedGradient"; "softmaxLogits" ] do
                    let adversary = adversary [ "ascent", rule; "sampleWeightLr", "0.5"; "levels", "interaction" ]

                    let logits = lengths |> List.map (fun (_, q) -> Array.zeroCreate<float> q) |> Array.ofList

                    let softmax (z: float[]) =
                        let e = z |> Array.map exp
                        e |> Array.map (fun x -> x / Array.average e)

                    epochs (Seeds.Generator(3L, rule)) (fun batch losses ->
                        step adversary batch losses |> ignore

                        rows batch (losses |> Array.map float)
                        |> Array.iteri (fun b own ->
                            let u = batch.Positions[b]
                            let w = softmax logits[u]

                            logits[u] <-
                                if rule = "softmaxLogits" then
                                    Array.map3
                                        (fun z w l -> z + 0.5 * w * (l - mean2 (softmax logits[u]) own))
                                        logits[u]
                                        w
                                        own
                                else
                                    Array.map2 (fun z l -> z + 0.5 * l) logits[u] own

                            areClose 1e-9 (adversary.Weights.Of(u).ToArray()) (softmax logits[u]) rule))

            testCase "the nested best response is worse than every sampled pair of feasible weightings"
            <| fun () ->
                for userSet, interactionSet in [ "chi2 0.5", "kl 0.2"; "cvar 0.4", "chi2 0.25"; "simplex", "l2 0.2" ] do
                    let random = Seeds.Generator(4L, userSet)

                    let adversary =
                        adversary [ "userSet", userSet; "interactionSet", interactionSet; "ascent", "bestResponse" ]

                    let losses = drawLosses random everyone
                    let weights, ofUsers = weigh adversary everyone losses
                    let value = Array.map2 (fun w l -> float w * float l) weights losses |> Array.sum
                    let perUser = rows everyone (losses |> Array.map float)
                    let worst = perUser |> Array.map (fun own -> mean2 (best interactionSet own) own)

                    Expect.floatClose
                        { absolute = 1e-6; relative = 0.0 }
                        value
                        (mean2 (best userSet worst) worst)
                        "nested"

                    let w = best userSet worst

                    areClose
                        1e-6
                        (ofUsers |> Array.map float)
                        (w |> Array.map (fun x -> x / float users))
                        "user weights"

                    for _ in 1..2000 do
                        let random set n = best set (Array.init n (fun _ -> random.NextGaussian()))
                        let values = perUser |> Array.map (fun own -> mean2 (random interactionSet own.Length) own)
                        Expect.isTrue (mean2 (random userSet users) values <= value + 1e-6) "feasible"

            testCase "the certificate: no gap for the response over everyone, a closing one for gradient ascent"
            <| fun () ->
                let losses = drawLosses (Seeds.Generator(5L, "certificate")) everyone

                for set in [ "simplex"; "chi2 0.25"; "kl 0.1"; "cvar 0.5"; "l2 0.1"; "unit-ball" ] do
                    let exact = adversary [ "set", set; "ascent", "bestResponse" ]
                    weigh exact everyone losses |> ignore
                    let certificate = exact.EndEpoch()
                    Expect.isLessThan (abs certificate.Gap) 1e-6 set
                    Expect.isGreaterThan certificate.Worst certificate.Mean set

                    for rule in [ "projectedGradient"; "exponentiatedGradient" ] do
                        if rule = "projectedGradient" || set = "kl 0.1" || set = "cvar 0.5" then
                            let slow =
                                adversary [ "set", set; "ascent", rule; "taskWeightLr", "0.5"; "sampleWeightLr", "0.5" ]

                            weigh slow everyone losses |> ignore
                            let first = slow.EndEpoch()

                            for _ in 1..400 do
                                step slow everyone losses |> ignore

                            weigh slow everyone losses |> ignore
                            let last = slow.EndEpoch()
                            Expect.floatClose Accuracy.high first.Worst certificate.Worst $"{set}: worst case"
                            Expect.isGreaterThan first.Gap 0.05 $"{set} {rule}: gap at first"
                            Expect.isLessThan last.Gap 1e-3 $"{set} {rule}: gap at last"
                            Expect.isGreaterThan last.Gap -1e-6 $"{set} {rule}: no weights beat the worst case"

            testCase "the certificate of thousands of users, which threads divide, is the one of a loop over them"
            <| fun () ->
                let many = List.replicate 3001 (2, 3)
                let batch = TinyWorld.batch (TinyWorld.tasks LabelKind.Click 4L many)

                let adversary =
                    Reweighter(
                        spec [ "set", "chi2 0.25"; "sampleWeightLr", "0.5" ],
                        LabelKind.Click,
                        batch,
                        TinyWorld.items,
                        NoReference(),
                        ImmutableArray.Empty,
                        1L
                    )

                let losses = drawLosses (Seeds.Generator(9L, "many")) batch
                step adversary batch losses |> ignore
                weigh adversary batch losses |> ignore
                let certificate = adversary.EndEpoch()
                let own = rows batch (Array.map float losses)
                let n = float own.Length
                let worst = own |> Array.map (fun losses -> mean2 (best "chi2 0.25" losses) losses)
                // To the bit: the sums over users have an order.
                let mean = (0.0, own) ||> Array.fold (fun sum x -> sum + Array.fold (+) 0.0 x / float x.Length / n)
                Expect.equal certificate.Mean mean "mean"
                Expect.floatClose Accuracy.high certificate.Worst (mean2 (best "chi2 0.25" worst) worst) "worst case"

            testCase "batch responses of an epoch never beat the worst case over all users"
            <| fun () ->
                for set in [ "simplex"; "chi2 0.25"; "kl 0.1"; "cvar 0.5"; "l2 0.1"; "unit-ball" ] do
                    let adversary = adversary [ "set", set; "ascent", "bestResponse" ]
                    epochs (Seeds.Generator(6L, set)) (fun batch losses -> weigh adversary batch losses |> ignore)
                    Expect.isGreaterThan (adversary.EndEpoch().Gap) -1e-9 set

            testCase "a certificate is of the newest losses, where weights ascend with them after the model's step"
            <| fun () ->
                let groups = [ 0; 1; 0; 1; 0; 1; 0; 1 ]

                let settings =
                    [ "userIndex", "group"; "ascent", "bestResponse"; "alternating", "true"; "set", "chi2 0.25" ]

                let adversary = adversaryWith (NoReference()) groups settings
                let random = Seeds.Generator(8L, "newer")
                weigh adversary everyone (drawLosses random everyone) |> ignore
                let newer = drawLosses random everyone
                adversary.Ascend(everyone, ReadOnlySpan newer)
                let worst = [| for own in rows everyone (Array.map float newer) -> mean2 (best "chi2 0.25" own) own |]

                let ofGroup g =
                    worst |> Array.indexed |> Array.filter (fun (u, _) -> groups[u] = g) |> Array.averageBy snd

                let means = [| ofGroup 0; ofGroup 1 |]
                let expected = mean2 (best "chi2 0.25" means) means
                Expect.floatClose Accuracy.high (adversary.EndEpoch().Worst) expected "worst case"

            testCase "the adversary sees the excess over the reference, the weights multiply whatever is descended on"
            <| fun () ->
                let random = Seeds.Generator(7L, "excess")
                let losses = drawLosses random everyone
                let reference = losses |> Array.map (fun l -> float l - random.NextDouble())

                let excess = Array.map2 (fun l r -> float l - r) losses reference

                let make settings =
                    adversaryWith
                        (FixedReference(
                            "given",
                            train,
                            ImmutableArray.CreateRange reference,
                            ImmutableArray<float32>.Empty,
                            null
                        ))
                        []
                        ([ "ascent", "bestResponse"; "set", "chi2 0.5" ] @ settings)

                let ofRows = rows everyone excess |> Array.map (best "chi2 0.5")

                let weighted = Array.map2 mean2 ofRows (rows everyone excess)

                let meanReference =
                    Array.map3
                        (fun v own r -> mean2 v own - Array.average r)
                        ofRows
                        (rows everyone (losses |> Array.map float))
                        (rows everyone reference)

                for settings, values in [ [], weighted; [ "userExcess", "mean" ], meanReference ] do
                    let weights, _ = weigh (make settings) everyone losses
                    let w = best "chi2 0.5" values

                    rows everyone (weights |> Array.map float)
                    |> Array.iteri (fun u own ->
                        let q = float own.Length

                        areClose
                            1e-6
                            own
                            (ofRows[u] |> Array.map (fun v -> w[u] * v / (float users * q)))
                            $"%A{settings}")

            testCase "outliers: the largest losses get nothing, the others respond as if alone"
            <| fun () ->
                let adversary =
                    adversary [ "ascent", "bestResponse"; "set", "chi2 0.5"; "doroTrim", "0.25"; "levels", "user" ]

                let losses = drawLosses (Seeds.Generator(8L, "outliers")) everyone
                let _, ofUsers = weigh adversary everyone losses
                let values = rows everyone (losses |> Array.map float) |> Array.map Array.average
                let order = values |> Array.indexed |> Array.sortByDescending snd |> Array.map fst
                let kept = order[2..] |> Array.sort
                let response = best "chi2 0.5" (kept |> Array.map (fun u -> values[u]))

                for u in order[..1] do
                    Expect.equal ofUsers[u] 0f "outlier"

                areClose
                    1e-6
                    (kept |> Array.map (fun u -> float ofUsers[u]))
                    (response |> Array.map (fun w -> w / 6.0))
                    "the others"
        ]
