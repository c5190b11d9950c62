module RobustMeta.Tests.Robustness.ReweighterRuleTests

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
        "Reweighter rules"
        [
            testCase "timing epoch: nothing moves before the epoch ends, then everything with the streaming averages"
            <| fun () ->
                for ascent in [ "projectedGradient"; "bestResponse" ] do
                    let adversary =
                        adversary
                            [
                                "timing", "epoch"
                                "ascent", ascent
                                "set", "chi2 0.5"
                                "lossAverage", "0.25"
                                "levels", "user"
                                "taskWeightLr", "0.4"
                            ]

                    let random = Seeds.Generator(9L, "epoch")
                    let first, second = drawLosses random everyone, drawLosses random everyone
                    let means losses = rows everyone (losses |> Array.map float) |> Array.map Array.average

                    let ascend (weights: float[]) values =
                        if ascent = "bestResponse" then
                            best "chi2 0.5" values
                        else
                            let p = Array.map2 (fun w l -> (w + 0.4 * l) / float users) weights values
                            AmbiguitySet.Parse("chi2 0.5").Project p
                            p |> Array.map ((*) (float users))

                    step adversary everyone first |> ignore
                    Expect.allEqual adversary.Weights.Users 1.0 "not yet"
                    adversary.EndEpoch() |> ignore
                    let once = ascend (Array.create users 1.0) (means first)
                    areClose 1e-6 adversary.Weights.Users once "after the first epoch"
                    step adversary everyone second |> ignore
                    adversary.EndEpoch() |> ignore
                    let average = Array.map2 (fun a b -> 0.75 * a + 0.25 * b) (means first) (means second)
                    areClose 1e-6 adversary.Weights.Users (ascend once average) "after the second"

            testCase "groups: exponentiated weights of streaming group losses, shared by their users"
            <| fun () ->
                let groups = [ 0; 1; 0; 2; 1; 0; 0; 2 ]

                let adversary =
                    adversaryWith
                        (NoReference())
                        groups
                        [
                            "levels", "user"
                            "userIndex", "group"
                            "ascent", "exponentiatedGradient"
                            "taskWeightLr", "0.3"
                            "lossAverage", "0.1"
                            "groupAdjustment", "0.5"
                        ]

                let sizes = [| 4.0; 2.0; 2.0 |]
                let mutable q = Array.create 3 (1.0 / 3.0)
                let averages = Array.create 3 nan

                epochs (Seeds.Generator(10L, "groups")) (fun batch losses ->
                    let _, ofUsers = step adversary batch losses
                    let own = rows batch (losses |> Array.map float) |> Array.map Array.average
                    let own' = [| for u in batch.Positions -> groups[u] |]

                    let expected = own' |> Array.map (fun g -> q[g] / (sizes[g] / float users) / float batch.Count)
                    areClose 1e-6 (ofUsers |> Array.map float) expected "weights"

                    for g in Array.distinct own' do
                        let members = Array.zip own' own |> Array.filter (fst >> (=) g) |> Array.averageBy snd
                        let loss = members + 0.5 / sqrt sizes[g]
                        averages[g] <- if Double.IsNaN averages[g] then loss else 0.9 * averages[g] + 0.1 * loss

                    let grown = Array.map2 (fun q l -> if Double.IsNaN l then q else q * exp (0.3 * l)) q averages
                    q <- grown |> Array.map (fun x -> x / Array.sum grown))

                Expect.isFalse (Double.IsNaN(adversary.EndEpoch().Gap)) "groups have a certificate"

            testCase "a network starts uniform and learns who has large losses, keeping a mean of one"
            <| fun () ->
                let adversary = adversary [ "levels", "user"; "userIndex", "network"; "taskWeightLr", "0.1" ]

                // Users with long supports lose more.
                let losses =
                    [|
                        for u in 0 .. users - 1 do
                            for _ in 1 .. snd lengths[u] -> float32 (fst lengths[u]) / 3f
                    |]

                let _, first = step adversary everyone losses

                Array.iter
                    (fun (w: float32) -> Expect.floatClose Accuracy.high (float w * float users) 1.0 "uniform")
                    first

                for _ in 1..300 do
                    step adversary everyone losses |> ignore

                let _, last = weigh adversary everyone losses

                let heavy =
                    [
                        for u in 0 .. users - 1 do
                            if fst lengths[u] >= 5 then
                                last[u]
                    ]

                let light =
                    [
                        for u in 0 .. users - 1 do
                            if fst lengths[u] <= 3 then
                                last[u]
                    ]

                Expect.isGreaterThan (List.min heavy) (List.max light) "who loses more weighs more"
                Expect.floatClose Accuracy.medium (last |> Array.sumBy float) 1.0 "mean one"

            testCase "item weights: a step along the sum of each item's losses, scaled to mean one per user"
            <| fun () ->
                let losses = drawLosses (Seeds.Generator(17L, "items")) everyone

                let adversary =
                    adversary [ "interactionIndex", "item"; "levels", "interaction"; "sampleWeightLr", "0.2" ]

                step adversary everyone losses |> ignore
                let weights, _ = weigh adversary everyone losses

                let moved =
                    Array.init TinyWorld.items (fun item ->
                        let own = Seq.zip everyone.QueryItems losses |> Seq.filter (fst >> (=) item)
                        1.0 + 0.2 * Seq.sumBy (snd >> float) own)

                let ofItems = simplex (float TinyWorld.items) moved
                let expected = rows everyone [| for item in everyone.QueryItems -> ofItems[item] |]

                rows everyone (weights |> Array.map float)
                |> Array.iteri (fun u own ->
                    let mean = Array.average expected[u]
                    let scale = if mean > 0.0 then (fun x -> x / mean) else (fun _ -> 1.0)
                    areClose 1e-6 own (expected[u] |> Array.map (fun x -> scale x / float (users * own.Length))) "item")

            testCase "item averages: the response is to the item's usual score, not to the one at hand"
            <| fun () ->
                let adversary =
                    adversary
                        [
                            "interactionIndex", "item"
                            "levels", "interaction"
                            "ascent", "bestResponse"
                            "set", "kl 0.3"
                        ]

                let batch = sub [ 2 ]
                let usual = [| for item in batch.QueryItems -> float32 item |]

                for _ in 1..500 do
                    step adversary batch usual |> ignore

                let weights, _ = weigh adversary batch (usual |> Array.rev)

                for j, a in Array.indexed weights do
                    for k, b in Array.indexed weights do
                        if batch.QueryItems[j] > batch.QueryItems[k] then
                            Expect.isGreaterThan a b "a usually lossier item weighs more"
                        elif batch.QueryItems[j] = batch.QueryItems[k] then
                            Expect.equal a b "the same item weighs the same"

            testCase "inverse propensities and focal weights"
            <| fun () ->
                let counts = Seq.append train.SupportItems train.QueryItems |> Seq.countBy id |> Map.ofSeq
                let losses = drawLosses (Seeds.Generator(11L, "static")) everyone
                let scaled raw = raw |> Array.map (fun x -> x / Array.average raw)

                let check settings (expected: int -> float -> float) =
                    let weights, _ = step (adversary ([ "levels", "interaction" ] @ settings)) everyone losses

                    rows everyone (weights |> Array.map float)
                    |> Array.iteri (fun u own ->
                        let raw =
                            Array.init own.Length (fun j ->
                                let i = everyone.QueryStarts[u] + j
                                expected everyone.QueryItems[i] (float losses[i]))

                        areClose
                            1e-6
                            own
                            (scaled raw |> Array.map (fun x -> x / float (users * own.Length)))
                            $"%A{settings}")

                check [ "interactionRule", "inversePropensity"; "propensityPower", "0.7" ] (fun item _ ->
                    float counts[item] ** -0.7)

                check [ "interactionRule", "focal"; "focalGamma", "1.5" ] (fun _ loss -> (1.0 - exp -loss) ** 1.5)

            testCase "support weights ascend along the derivative of the objective"
            <| fun () ->
                let adversary = adversary [ "weightsAct", "support"; "sampleWeightLr", "0.1"; "levels", "interaction" ]
                let batch = sub [ 2; 5 ]
                let gradient = [| for i in 1 .. batch.SupportItems.Length -> 0.1f * float32 (i % 4) |]
                Expect.allEqual (adversary.SupportWeights(batch).ToArray()) 1f "uniform at first"
                adversary.AscendSupport(batch, ReadOnlySpan gradient)
                let weights = adversary.SupportWeights(batch).ToArray() |> Array.map float

                for b in 0..1 do
                    let range = [| batch.SupportStarts[b] .. batch.SupportStarts[b + 1] - 1 |]
                    let s = float range.Length
                    let moved = range |> Array.map (fun i -> 1.0 + 0.1 * 2.0 * s * float gradient[i])
                    areClose 1e-6 (range |> Array.map (fun i -> weights[i])) (simplex s moved) "support"

                let query, _ = weigh adversary batch (drawLosses (Seeds.Generator(12L, "support")) batch)
                Expect.equal query (plain batch) "query weights stay uniform"

            testCase "a model that gives no derivative by support weights is refused"
            <| fun () ->
                let adversary = adversary [ "weightsAct", "both" ]

                Expect.throwsC
                    (fun () ->
                        adversary.AscendSupport(everyone, ReadOnlySpan(Array.zeroCreate everyone.SupportItems.Length)))
                    (fun error -> Expect.stringContains error.Message "order second" "message")

            testCase "the state put back goes on as if nothing had happened"
            <| fun () ->
                for settings in
                    [
                        [ "lossAverage", "0.5" ]
                        [ "userIndex", "network"; "interactionIndex", "item" ]
                        [ "userIndex", "group"; "ascent", "exponentiatedGradient" ]
                    ] do
                    let make () =
                        adversaryWith (ItemAverageReference(TinyWorld.items, 20.0)) [ 0; 1; 0; 1; 0; 1; 0; 1 ] settings

                    let first, second = make (), make ()
                    epochs (Seeds.Generator(13L, "before")) (fun batch losses -> step first batch losses |> ignore)

                    for entry in first.State do
                        entry.Value.CopyTo(second.State[entry.Key], 0)

                    epochs (Seeds.Generator(14L, "after")) (fun batch losses ->
                        Expect.equal (step second batch losses) (step first batch losses) $"%A{settings}")

            testCase "weights move with a permutation of the users"
            <| fun () ->
                for settings in [ [ "set", "chi2 0.5" ]; [ "set", "kl 0.1"; "ascent", "bestResponse" ] ] do
                    let losses = drawLosses (Seeds.Generator(15L, "permutation")) everyone
                    let order = Seeds.Generator(16L, "permutation").Permutation users
                    let permuted = order |> Array.collect (fun u -> (rows everyone losses)[u])
                    let a, b = adversary settings, adversary settings
                    step a everyone losses |> ignore
                    step b (sub (List.ofArray order)) permuted |> ignore
                    areClose 1e-12 b.Weights.Users a.Weights.Users "users"
                    areClose 1e-12 b.Weights.Interactions a.Weights.Interactions "interactions"

            testCase "distillation moves the learner's labels towards the reference's probabilities"
            <| fun () ->
                let scores = train.QueryItems |> Seq.map (fun item -> float32 item - 3f) |> ImmutableArray.CreateRange
                let none = ImmutableArray.CreateRange(Seq.replicate scores.Length 0.0)

                let adversary =
                    adversaryWith
                        (FixedReference("given", train, none, scores, null))
                        []
                        [ "levels", "none"; "reference", "bias"; "distill", "0.25" ]

                let batch = sub [ 3; 1 ]
                let labels = adversary.Relabel(batch).QueryLabels

                for j in 0 .. labels.Length - 1 do
                    let p = 1.0 / (1.0 + exp (3.0 - float batch.QueryItems[j]))
                    let expected = 0.75 * float batch.QueryLabels[j] + 0.25 * p
                    Expect.floatClose Accuracy.medium (float labels[j]) expected "label"

                Expect.equal (adversary.Relabel(batch).SupportLabels) batch.SupportLabels "supports stay"

            testCase
                "with distillation the excess is that on the mixed labels: none where the learner equals the reference"
            <| fun () ->
                let scores = train.QueryItems |> Seq.map (fun item -> float32 item - 3f) |> ImmutableArray.CreateRange
                let own = PointLoss.Of(LabelKind.Click, scores.AsSpan(), train.QueryLabels.AsSpan())

                let adversary =
                    adversaryWith
                        (FixedReference("given", train, ImmutableArray.CreateRange own, scores, null))
                        []
                        [ "ascent", "bestResponse"; "set", "chi2 0.5"; "reference", "bias"; "distill", "0.4" ]

                let mixed = adversary.Relabel everyone
                let losses = PointLoss.Of(LabelKind.Click, scores.AsSpan(), mixed.QueryLabels.AsSpan())
                let excess = Array.zeroCreate<float> losses.Length
                let given = losses |> Array.map float32
                adversary.Reference.Excess(mixed, ReadOnlySpan given, Span excess)
                areClose 1e-6 excess (Array.zeroCreate excess.Length) "no excess"

            testCase "weights ascend with the batch that was weighed last"
            <| fun () ->
                let adversary = adversary []
                Expect.throwsT<InvalidOperationException> (fun () -> adversary.Ascend everyone) "nothing was weighed"
                weigh adversary everyone (drawLosses (Random 1) everyone) |> ignore
                adversary.Ascend everyone
                Expect.throwsT<InvalidOperationException> (fun () -> adversary.Ascend(sub [ 0; 1 ])) "another batch"

            testCase "settings that do not go together are refused"
            <| fun () ->
                refused [ "simplex"; "kl"; "cvar" ] [ "ascent", "exponentiatedGradient"; "set", "chi2 0.5" ]
                refused [ "softmaxLogits"; "simplex" ] [ "ascent", "softmaxLogits"; "set", "kl 0.1" ]

                refused
                    [ "softmaxLogits"; "interactionIndex pair" ]
                    [ "ascent", "softmaxLogits"; "interactionIndex", "item" ]

                refused [ "doroTrim"; "bestResponse" ] [ "doroTrim", "0.1" ]
                refused [ "weightsAct" ] [ "weightsAct", "support"; "ascent", "bestResponse" ]
                refused [ "timing batch" ] [ "userIndex", "network"; "timing", "epoch" ]
                refused [ "distill"; "bias" ] [ "distill", "0.5" ]
                refused [ "groups" ] [ "userIndex", "group"; "levels", "user" ]
                refused [ "did you mean 'chi2'" ] [ "userSet", "ch2 0.5" ]
        ]
