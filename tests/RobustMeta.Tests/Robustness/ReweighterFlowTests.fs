/// AR-MAML: the flow's density, the adversary's derivative and its step, against definitions and finite differences.
module RobustMeta.Tests.Robustness.ReweighterFlowTests

open System
open System.Collections.Immutable
open Expecto
open RobustMeta.Robustness.Adversaries
open RobustMeta.Runtime
open RobustMeta.Tests
open RobustMeta.Tests.Robustness.ReweighterCase

let private dot (a: float[]) (b: float[]) = Array.map2 (*) a b |> Array.sum

/// log p(z) − log N(z; 0, I), layer by layer, from the definition.
let private logRatio width (parameters: float[]) (z: float[]) =
    let layers = parameters |> Array.chunkBySize (2 * width + 1)

    let x, determinants =
        layers
        |> Array.fold
            (fun (x: float[], sum) (layer: float[]) ->
                let u, a, b = layer[.. width - 1], layer[width .. 2 * width - 1], layer[2 * width]
                let inner = dot a u
                let m = log (1.0 + (Math.E - 1.0) * exp inner) - 1.0
                let square = dot a a
                let u = Array.map2 (fun own along -> own + (m - inner) * along / square) u a
                let bend = tanh (dot a x + b)
                Array.map2 (fun x u -> x + u * bend) x u, sum + log (1.0 + (1.0 - bend * bend) * dot u a))
            (z, 0.0)

    determinants + (dot z z - dot x x) / 2.0

let private random name = Seeds.Generator(5L, "flow tests", name)
let private gaussians (random: Random) count scale = Array.init count (fun _ -> scale * random.NextGaussian())

let private moved width layers name =
    let random = random name
    let flow = PlanarFlow(width, layers, random)
    let moves = gaussians random flow.Parameters.Length 0.7
    moves |> Array.iteri (fun i move -> flow.Parameters[i] <- flow.Parameters[i] + move)
    flow

/// Central differences of a function of the parameters, which are changed in place and put back.
let private differences (parameters: float[]) (value: unit -> float) =
    let step = 1e-5

    [|
        for i in 0 .. parameters.Length - 1 do
            let own = parameters[i]
            parameters[i] <- own + step
            let above = value ()
            parameters[i] <- own - step
            let below = value ()
            parameters[i] <- own
            (above - below) / (2.0 * step)
    |]

let private isDensity () =
    for width in [ 1; 3 ] do
        let random = random "points"

        for layers in [ 1; 2; 4 ] do
            let flow = moved width layers $"{width} {layers}"

            for _ in 1..20 do
                let z = gaussians random width 1.5
                let actual = flow.LogRatio(ReadOnlySpan z)
                Expect.floatClose Accuracy.high actual (logRatio width flow.Parameters z) "by the definition"

    // One dimension: it sums to one.
    let flow = moved 1 3 "integral"
    let step = 0.001

    let total =
        Seq.sumBy
            (fun i ->
                let z = step * float i
                step * exp (flow.LogRatio(ReadOnlySpan [| z |]) - z * z / 2.0) / sqrt (2.0 * Math.PI))
            (seq { -20_000 .. 20_000 })

    Expect.floatClose { absolute = 1e-4; relative = 1e-4 } total 1.0 "integral"

let private hasDerivative () =
    let width = 3
    let flow = moved width 2 "derivative"
    let random = random "derivative points"

    for _ in 1..5 do
        let z = gaussians random width 1.0
        let actual = Array.zeroCreate flow.Parameters.Length
        flow.AddGradient(ReadOnlySpan z, 2.5, Span actual)
        let expected = differences flow.Parameters (fun () -> 2.5 * logRatio width flow.Parameters z)
        areClose 1e-7 actual expected "derivative"

let private width = 4

/// An adversary of the tiny world's users with identifiers of their own, its flow away from the start.
let private case () =
    let random = random "case"
    let identifiers = [| for _ in 1..users -> gaussians random width 1.0 |]
    let adversary = FlowUsers(ImmutableArray.CreateRange identifiers, 0.05, 1L)
    let parameters = adversary.State["flow.parameters"]
    gaussians random parameters.Length 0.4 |> Array.iteri (fun i move -> parameters[i] <- parameters[i] + move)
    identifiers, adversary, parameters

/// The objective of a batch: Σ s ℓ + 0.1 · the mean of log w.
let private objective (identifiers: float[][]) parameters positions (losses: float[]) =
    let ratios = [| for u in positions -> logRatio width parameters identifiers[u] |]
    let weights = ratios |> Array.map exp
    let mean = Array.average weights
    dot weights losses / Array.sum weights + 0.1 * Array.averageBy (fun w -> log (w / mean)) weights

let private positions = [ 6; 1; 4; 0; 3 ]
let private losses = [| 0.3; 1.2; 0.1; 2.0; 0.7 |]

let private hasObjective () =
    let identifiers, adversary, parameters = case ()
    let expected = differences parameters (fun () -> objective identifiers parameters positions losses)
    areClose 1e-7 (adversary.Gradient(sub positions, ReadOnlySpan losses)) expected "derivative"
    let weights = Array.zeroCreate positions.Length
    adversary.Weigh(sub positions, ReadOnlySpan losses, Span weights)
    let raw = [| for u in positions -> exp (logRatio width parameters identifiers[u]) |]
    areClose 1e-12 weights (raw |> Array.map (fun w -> w / Array.average raw)) "importance weights of mean one"

let private steps () =
    let identifiers, adversary, parameters = case ()
    let before = Array.copy parameters
    let batch = sub positions
    let slope = differences parameters (fun () -> objective identifiers parameters positions losses)
    let start = objective identifiers parameters positions losses
    adversary.Ascend(batch, ReadOnlySpan losses)
    // Adam's first step is the rate in the direction of each derivative's sign.
    let expected = Array.map2 (fun x g -> x + 0.05 * g / (abs g + 1e-8)) before slope
    areClose 1e-6 parameters expected "the step"

    for _ in 1..10 do
        adversary.Ascend(batch, ReadOnlySpan losses)

    Expect.isGreaterThan (objective identifiers parameters positions losses) start "it ascends"

let private finds () =
    // Users of a large first statistic have large losses: the flow moves there, and back when they do not any more.
    let random = random "learning"
    let identifiers = [| for _ in 1..users -> gaussians random width 1.0 |]
    let adversary = FlowUsers(ImmutableArray.CreateRange identifiers, 0.02, 1L)

    let weights () =
        let weights = Array.zeroCreate users
        adversary.Weigh(everyone, ReadOnlySpan(Array.zeroCreate users), Span weights)
        weights

    Expect.equal (weights ()) (Array.create users 1.0) "uniform at first"
    let hard = [| for z in identifiers -> 2.0 * z[0] |]

    for _ in 1..200 do
        adversary.Ascend(everyone, ReadOnlySpan hard)

    let learned = weights ()
    Expect.floatClose Accuracy.high (Array.average learned) 1.0 "mean one"
    Expect.isGreaterThan (dot learned hard / float users) (Array.average hard + 0.3) "weight goes to large losses"

    for _ in 1..2000 do
        adversary.Ascend(everyone, ReadOnlySpan(Array.create users 1.0))

    let effective = float users / (dot (weights ()) (weights ()) / float users) / float users
    Expect.isGreaterThan effective 0.9 "the penalty alone brings it back"

let private trains () =
    let adversary = adversary [ "levels", "user"; "userIndex", "flow"; "taskWeightLr", "0.05" ]
    let first, _ = step adversary everyone (Array.create everyone.QueryItems.Length 1f)
    areClose 1e-7 (Array.map float first) (Array.map float (plain everyone)) "plain at first"

    epochs (random "batches") (fun batch losses ->
        let _, ofUsers = step adversary batch losses
        Expect.floatClose Accuracy.medium (ofUsers |> Array.sumBy float) 1.0 "mean one")

    Expect.isTrue (adversary.State.ContainsKey "flow.second") "kept in checkpoints"

[<Tests>]
let tests =
    testList
        "AR-MAML"
        [
            testCase "the flow is a density, by its definition" isDensity
            testCase "the flow's derivative is that of finite differences" hasDerivative
            testCase
                "the adversary's derivative is that of its objective, and its weights are density ratios"
                hasObjective
            testCase "a step of the adversary goes by finite differences, and the objective ascends" steps
            testCase "the flow moves to users of large losses, and the penalty brings it back" finds
            testCase "it weighs the users of a training" trains
        ]
