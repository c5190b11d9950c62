/// Random cases for every set, against optimality conditions and duals computed here by brute force.
module RobustMeta.Tests.Robustness.AmbiguitySetProperties

open System
open Expecto
open RobustMeta.Robustness
open RobustMeta.Runtime
open RobustMeta.Tests.Properties

let private cases = 400

/// The sets that take a number, in several sizes: the smallest and the largest that there are among them.
let private sizes =
    [
        "chi2", [ 0.0; 1e-6; 0.05; 0.25; 1.0; 5.0; 1e6 ]
        "l2", [ 0.0; 1e-4; 0.05; 0.1; 0.3; 2.0 ]
        "kl", [ 0.0; 1e-6; 0.01; 0.1; 0.5; 2.0; 50.0 ]
        "cvar", [ 1.0; 0.9; 0.5; 0.3; 0.1; 1e-3 ]
    ]

/// One set of each kind, of a random size.
let private drawSets (random: Random) =
    [ "simplex"; "unit-ball"; "uniform" ]
    @ [ for keyword, values in sizes -> $"{keyword} {values[random.Next values.Length]}" ]
    |> List.map AmbiguitySet.Parse

/// Losses of many kinds: smooth, tied, equal, one outlier, heavy-tailed, tiny and huge, negative; one to forty of them.
let private draw (random: Random) =
    let n = if random.Next 8 = 0 then 1 else 1 + random.Next 40
    let gaussian _ = random.NextGaussian()

    match random.Next 8 with
    | 0 -> Array.create n (gaussian ())
    | 1 -> Array.init n (fun _ -> float (random.Next 3))
    | 2 -> Array.init n (fun i -> if i = n / 2 then 50.0 else 0.01 * gaussian ())
    | 3 -> Array.init n (fun _ -> exp (3.0 * gaussian ()))
    | 4 -> Array.init n (fun _ -> 1e-9 * gaussian ())
    | 5 -> Array.init n (fun _ -> 1e8 * gaussian ())
    | 6 -> Array.init n (fun _ -> -abs(gaussian ()))
    | _ -> Array.init n gaussian

let private dot (a: float[]) (b: float[]) = Array.fold2 (fun sum x y -> sum + x * y) 0.0 a b
let private scaleOf (x: float[]) = Array.fold (fun most v -> max most (abs v)) 1e-300 x

let private best (set: AmbiguitySet) (losses: float[]) =
    let weights = Array.zeroCreate losses.Length
    set.BestResponse(ReadOnlySpan losses, Span weights)
    weights

let private project (set: AmbiguitySet) (point: float[]) =
    let weights = Array.copy point
    set.Project weights
    weights

/// A random member: as far as the set goes from its uniform member towards a random point of the simplex (or ball).
let private memberOf (set: AmbiguitySet) (random: Random) n =
    let raw = Array.init n (fun _ -> exp (2.0 * random.NextGaussian()))
    let total = if set.Keyword = "unit-ball" then sqrt (dot raw raw) else Array.sum raw
    let uniform = set.UniformWeight n
    let at t = raw |> Array.map (fun x -> (1.0 - t) * uniform + t * x / total)
    let mutable low, high = 0.0, 1.0

    if set.Contains(ReadOnlySpan(at 1.0), 1e-15) then
        at 1.0
    elif sizes |> List.exists (fun (keyword, values) -> $"{keyword} {values.Head}" = set.Name) then
        at 0.0
    else
        for _ in 1..40 do
            let middle = (low + high) / 2.0

            if set.Contains(ReadOnlySpan(at middle), 1e-12) then
                low <- middle
            else
                high <- middle

        // The sets are convex: a little nearer to the centre is well inside, whatever the tolerance above let in.
        at (low * (1.0 - 1e-4))

/// The dual function of each set on a fine grid that is refined around its minimum: slow and independent.
let private dualByGrid (set: AmbiguitySet) (losses: float[]) =
    let n = float losses.Length
    let most, least = Array.max losses, Array.min losses
    let range = most - least

    let minimise f low high =
        let mutable low, high = low, high

        for _ in 1..15 do
            let points = [| for i in 0..20 -> low + (high - low) * float i / 20.0 |]
            let k = points |> Array.map f |> Array.indexed |> Array.minBy snd |> fst
            low <- points[max 0 (k - 1)]
            high <- points[min 20 (k + 1)]

        f ((low + high) / 2.0)

    let chiSquare rho =
        let f eta =
            eta + sqrt (1.0 + 2.0 * rho) * sqrt ((losses |> Array.sumBy (fun l -> (max (l - eta) 0.0) ** 2.0)) / n)

        if rho = 0.0 then
            Array.average losses
        else
            minimise f (least - range * (1.0 + 1.0 / sqrt rho)) most

    match set.Keyword, Option.ofNullable set.Size with
    | "simplex", _ -> most
    | "uniform", _ -> Array.average losses
    | "unit-ball", _ -> sqrt (losses |> Array.sumBy (fun l -> (max l 0.0) ** 2.0))
    | "chi2", Some rho -> chiSquare rho
    | "l2", Some r -> chiSquare (n * r * r / 2.0)
    | "cvar", Some alpha ->
        let f xi = xi + (losses |> Array.sumBy (fun l -> max (l - xi) 0.0)) / max 1.0 (alpha * n)
        minimise f least most
    | "kl", Some rho ->
        let f logLambda =
            let lambda = range * exp logLambda
            let mean = losses |> Array.averageBy (fun l -> exp ((l - most) / lambda))
            most + lambda * (rho + log mean)

        if rho = 0.0 || range = 0.0 then Array.average losses else minimise f -25.0 25.0
    | _ -> failwith "unknown set"

let private everySet (check: AmbiguitySet -> Random -> unit) =
    fun (seed: int) ->
        let random = Seeds.Generator(int64 seed, "sets")

        for set in drawSets random do
            check set random

let private property name check = propertyOf cases name (everySet check)

// The case is only printed when it fails: printing takes longer than testing.
let private lessOrEqual a b tolerance (set: obj) (case: float[]) =
    if not (a <= b + tolerance) then
        failtest $"{set} at %A{case}: {a} should be at most {b} (+ {tolerance})"

let private areClose (a: float[]) (b: float[]) tolerance (set: obj) (case: float[]) =
    if not (Array.forall2 (fun x y -> abs (x - y) <= tolerance) a b) then
        failtest $"{set} at %A{case}: %A{a} should be %A{b}"

let private isMember (set: AmbiguitySet) (weights: float[]) (case: float[]) =
    if not (set.Contains(ReadOnlySpan weights, 1e-9)) then
        failtest $"{set} at %A{case}: %A{weights} is no member"

[<Tests>]
let tests =
    testList
        "AmbiguitySet properties"
        [
            property "the best response is a member and reaches the dual value"
            <| fun set random ->
                let losses = draw random
                let weights = best set losses
                let tolerance = 1e-7 * scaleOf losses
                let value = dot weights losses
                isMember set weights losses
                lessOrEqual (abs (value - set.DualValue losses)) 0.0 tolerance set losses
                lessOrEqual (abs (value - dualByGrid set losses)) 0.0 tolerance set losses

            property "no sampled member weighs the losses worse"
            <| fun set random ->
                let losses = draw random
                let value = set.Value losses

                for _ in 1..5 do
                    let other = memberOf set random losses.Length
                    lessOrEqual (dot other losses) value (1e-9 * scaleOf losses) set losses

            property "the projection is a member and satisfies the variational inequality"
            <| fun set random ->
                let point = draw random |> Array.map (fun x -> Math.Clamp(x, -1e3, 1e3))
                let p = project set point
                isMember set p point
                let gap = Array.map2 (-) point p
                let tolerance = 1e-8 * max 1.0 (scaleOf point)
                // The worst member against v − p is the best response to it, which the tests above prove optimal.
                lessOrEqual (dot gap (best set gap) - dot gap p) 0.0 tolerance set point

                for _ in 1..3 do
                    let other = memberOf set random point.Length
                    lessOrEqual (dot gap other - dot gap p) 0.0 tolerance set point

            property "a member projects to itself"
            <| fun set random ->
                let own = memberOf set random (1 + random.Next 30)
                areClose (project set own) own 1e-9 set own

            property "the mirror projection is a member and satisfies its variational inequality"
            <| fun set random ->
                match box set with
                | :? IMirrorSet as mirror ->
                    let q = Array.init (1 + random.Next 30) (fun _ -> exp (2.0 * random.NextGaussian()))
                    let p = Array.copy q
                    mirror.MirrorProject p
                    isMember set p q
                    let descent = Array.map2 (fun p q -> -(log (p / q))) p q
                    lessOrEqual (set.Value descent - dot descent p) 0.0 1e-7 set q
                | _ -> ()

            property "responses and projections move with a permutation"
            <| fun set random ->
                let losses = draw random
                let order = random.Permutation losses.Length
                let permuted (x: float[]) = order |> Array.map (fun i -> x[i])

                for f in [ best set; project set ] do
                    areClose (f (permuted losses)) (permuted (f losses)) 1e-7 set losses

            propertyOf cases "the worst loss grows with the set"
            <| fun (seed: int) ->
                for keyword, values in sizes do
                    let losses = draw (Seeds.Generator(int64 seed, keyword))
                    let worst = [ for size in values -> AmbiguitySet.Parse($"{keyword} {size}").Value losses ]

                    for small, large in List.pairwise worst do
                        lessOrEqual small large (1e-9 * scaleOf losses) keyword losses

            propertyOf cases "the smallest set is uniform, the largest the simplex"
            <| fun (seed: int) ->
                for keyword, values in sizes do
                    let losses = draw (Seeds.Generator(int64 seed, keyword))
                    let simplex = best (AmbiguitySet.Parse "simplex") losses
                    let uniform = Array.create losses.Length (1.0 / float losses.Length)

                    for size, expected in [ values.Head, uniform; List.last values, simplex ] do
                        areClose (best (AmbiguitySet.Parse $"{keyword} {size}") losses) expected 1e-9 keyword losses

            testCase "losses of 1e150 and differences of 1e-150 are weighed like any others"
            <| fun () ->
                for name in AmbiguitySet.Names |> Seq.except [ "unit-ball" ] do
                    let set = AmbiguitySet.Parse name
                    let losses = [| 3.0; 1.0; 2.0; 0.5; 2.5 |]

                    for scale in [ 1e150; 1e-150 ] do
                        let scaled = losses |> Array.map ((*) scale)
                        areClose (best set scaled) (best set losses) 1e-9 set scaled
        ]
