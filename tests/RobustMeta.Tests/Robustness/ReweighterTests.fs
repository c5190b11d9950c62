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

let private lengths = [ 4, 6; 3, 1; 5, 9; 2, 4; 6, 3; 4, 5; 3, 7; 5, 2 ]
let private train = TinyWorld.batch (TinyWorld.tasks LabelKind.Click 3L lengths)
let private users = lengths.Length

/// The part of the training batch that some users make, in their order.
let private sub (positions: int list) =
    let rows (offsets: ImmutableArray<int>) = positions |> List.map (fun u -> offsets[u], offsets[u + 1])
    let starts pairs = List.scan (fun sum (a, b) -> sum + b - a) 0 pairs |> ImmutableArray.CreateRange

    let pick (values: ImmutableArray<'a>) pairs =
        ImmutableArray.CreateRange(
            seq {
                for a, b in pairs do
                    for i in a .. b - 1 -> values[i]
            }
        )

    let support, query = rows train.SupportOffsets, rows train.QueryOffsets

    TaskBatch(
        ImmutableArray.CreateRange positions,
        ImmutableArray.CreateRange positions,
        starts support,
        pick train.SupportItems support,
        pick train.SupportLabels support,
        starts query,
        pick train.QueryItems query,
        pick train.QueryLabels query
    )

let private everyone = sub [ 0 .. users - 1 ]

let private spec (settings: (string * string) list) =
    SettingList.With(ReweighterSpec(), settings |> List.map (fun (k, v) -> KeyValuePair(k, v)))

let private adversaryWith (reference: Reference) (groups: int list) settings =
    Reweighter(spec settings, LabelKind.Click, train, TinyWorld.items, reference, ImmutableArray.CreateRange groups, 1L)

let private adversary settings = adversaryWith (NoReference()) [] settings

let private drawLosses (random: Random) (batch: TaskBatch) =
    Array.init batch.QueryItems.Length (fun _ -> float32 (-log(1.0 - random.NextDouble())))

let private weigh (adversary: Reweighter) (batch: TaskBatch) (losses: float32[]) =
    let weights, ofUsers = Array.zeroCreate losses.Length, Array.zeroCreate batch.Count
    adversary.Weigh(batch, ReadOnlySpan losses, Span weights, Span ofUsers)
    weights, ofUsers

let private step (adversary: Reweighter) batch losses =
    let weights = weigh adversary batch losses
    adversary.Ascend batch
    weights

let private rows (batch: TaskBatch) (values: 'a[]) =
    [| for b in 0 .. batch.Count - 1 -> values[batch.QueryOffsets[b] .. batch.QueryOffsets[b + 1] - 1] |]

let private plain (batch: TaskBatch) =
    [|
        for b in 0 .. batch.Count - 1 do
            for _ in 1 .. batch.QueryLength b -> float32 (1.0 / (float batch.Count * float (batch.QueryLength b)))
    |]

let private areClose tolerance (actual: float[]) (expected: float[]) text =
    if not (Array.forall2 (fun a b -> abs (a - b) <= tolerance) actual expected) then
        failtest $"{text}: %A{actual} should be %A{expected}"

let private best (set: string) (losses: float[]) =
    let weights = Array.zeroCreate losses.Length
    AmbiguitySet.Parse(set).BestResponse(ReadOnlySpan losses, Span weights)
    weights |> Array.map (fun w -> w / AmbiguitySet.Parse(set).UniformWeight losses.Length)

/// Euclidean projection onto the simplex of the given sum, by sorting.
let private simplex total (v: float[]) =
    let sorted = Array.sortDescending v
    let sums = Array.scan (+) 0.0 sorted |> Array.tail
    let thresholds = Array.mapi (fun k sum -> (sum - total) / float (k + 1)) sums
    let threshold = Array.max thresholds
    v |> Array.map (fun x -> max (x - threshold) 0.0)

let private mean2 (w: float[]) (x: float[]) = Array.map2 (*) w x |> Array.average

/// Three epochs of batches of three users, with fresh losses each.
let private epochs (random: Random) visit =
    for _ in 1..3 do
        for positions in random.Permutation users |> Array.chunkBySize 3 do
            let batch = sub (List.ofArray positions)
            visit batch (drawLosses random batch)

let private refused (words: string list) settings =
    let message =
        try
            adversary settings |> ignore
            failtest $"%A{settings} was accepted"
        with :? SettingException as error ->
            error.Message

    for word in words do
        Expect.stringContains message word "message"

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

            testCase "exponentiated ascent multiplies by the exponential of the loss; softmax ascent climbs logits"
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

            testCase "batch responses of an epoch never beat the worst case over all users"
            <| fun () ->
                for set in [ "simplex"; "chi2 0.25"; "kl 0.1"; "cvar 0.5"; "l2 0.1"; "unit-ball" ] do
                    let adversary = adversary [ "set", set; "ascent", "bestResponse" ]
                    epochs (Seeds.Generator(6L, set)) (fun batch losses -> weigh adversary batch losses |> ignore)
                    Expect.isGreaterThan (adversary.EndEpoch().Gap) -1e-9 set

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

            testCase "outliers: the largest scores get nothing, the others respond as if alone"
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

                    let climb (weights: float[]) values =
                        if ascent = "bestResponse" then
                            best "chi2 0.5" values
                        else
                            let p = Array.map2 (fun w l -> (w + 0.4 * l) / float users) weights values
                            AmbiguitySet.Parse("chi2 0.5").Project p
                            p |> Array.map ((*) (float users))

                    step adversary everyone first |> ignore
                    Expect.allEqual adversary.Weights.Users 1.0 "not yet"
                    adversary.EndEpoch() |> ignore
                    let once = climb (Array.create users 1.0) (means first)
                    areClose 1e-6 adversary.Weights.Users once "after the first epoch"
                    step adversary everyone second |> ignore
                    adversary.EndEpoch() |> ignore
                    let average = Array.map2 (fun a b -> 0.75 * a + 0.25 * b) (means first) (means second)
                    areClose 1e-6 adversary.Weights.Users (climb once average) "after the second"

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
                                let i = everyone.QueryOffsets[u] + j
                                expected everyone.QueryItems[i] (float losses[i]))

                        areClose
                            1e-6
                            own
                            (scaled raw |> Array.map (fun x -> x / float (users * own.Length)))
                            $"%A{settings}")

                check [ "interactionRule", "inversePropensity"; "propensityPower", "0.7" ] (fun item _ ->
                    float counts[item] ** -0.7)

                check [ "interactionRule", "focal"; "focalGamma", "1.5" ] (fun _ loss -> (1.0 - exp -loss) ** 1.5)

            testCase "support weights climb along the derivative of the objective"
            <| fun () ->
                let adversary = adversary [ "weightsAct", "support"; "sampleWeightLr", "0.1"; "levels", "interaction" ]
                let batch = sub [ 2; 5 ]
                let gradient = [| for i in 1 .. batch.SupportItems.Length -> 0.1f * float32 (i % 4) |]
                Expect.allEqual (adversary.SupportWeights(batch).ToArray()) 1f "uniform at first"
                adversary.AscendSupport(batch, ReadOnlySpan gradient)
                let weights = adversary.SupportWeights(batch).ToArray() |> Array.map float

                for b in 0..1 do
                    let range = [| batch.SupportOffsets[b] .. batch.SupportOffsets[b + 1] - 1 |]
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

            testCase "settings that do not go together are refused"
            <| fun () ->
                refused [ "simplex, kl, cvar" ] [ "ascent", "exponentiatedGradient"; "set", "chi2 0.5" ]
                refused [ "softmaxLogits"; "simplex" ] [ "ascent", "softmaxLogits"; "set", "kl 0.1" ]
                refused [ "doroTrim"; "bestResponse" ] [ "doroTrim", "0.1" ]
                refused [ "weightsAct" ] [ "weightsAct", "support"; "ascent", "bestResponse" ]
                refused [ "timing batch" ] [ "userIndex", "network"; "timing", "epoch" ]
                refused [ "distill"; "bias" ] [ "distill", "0.5" ]
                refused [ "groups" ] [ "userIndex", "group"; "levels", "user" ]
                refused [ "did you mean 'chi2'" ] [ "userSet", "ch2 0.5" ]
        ]
