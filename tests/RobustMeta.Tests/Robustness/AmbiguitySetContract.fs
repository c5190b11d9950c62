/// What every ambiguity set has to fulfil, whoever wrote it: random cases against each other's definitions. Call `tests` on a
/// set of your own; the registered ones are all tested.
module RobustMeta.Tests.Robustness.AmbiguitySetContract

open System
open Expecto
open RobustMeta.Robustness
open RobustMeta.Runtime
open RobustMeta.Tests.Properties

let private cases = 200

/// Losses of many kinds: smooth, tied, equal, one outlier, heavy-tailed, tiny and huge, negative; one to forty of them.
let draw (random: Random) =
    let n = if random.Next 8 = 0 then 1 else 1 + random.Next 40
    let gaussian _ = random.NextGaussian()

    match random.Next 9 with
    | 0 -> Array.create n (gaussian ())
    | 1 -> Array.init n (fun _ -> float (random.Next 3))
    | 2 -> Array.init n (fun i -> if i = n / 2 then 50.0 else 0.01 * gaussian ())
    | 3 -> Array.init n (fun _ -> exp (3.0 * gaussian ()))
    | 4 -> Array.init n (fun _ -> 1e-9 * gaussian ())
    | 5 -> Array.init n (fun _ -> 1e8 * gaussian ())
    | 6 -> Array.init n (fun _ -> -abs(gaussian ()))
    | 7 -> Array.init n (fun _ -> 1.0 + 1e-9 * gaussian ())
    | _ -> Array.init n gaussian

let dot (a: float[]) (b: float[]) = Array.fold2 (fun sum x y -> sum + x * y) 0.0 a b
let scaleOf (x: float[]) = Array.fold (fun most v -> max most (abs v)) 1e-300 x

let best (set: AmbiguitySet) (losses: float[]) =
    let weights = Array.zeroCreate losses.Length
    set.BestResponse(ReadOnlySpan losses, Span weights)
    weights

let project (set: AmbiguitySet) (point: float[]) =
    let weights = Array.copy point
    set.Project weights
    weights

/// A random member: as far as the set goes from its uniform member towards a random point. Known by `Contains` alone.
let memberOf (set: AmbiguitySet) (random: Random) n =
    let raw = Array.init n (fun _ -> exp (2.0 * random.NextGaussian()))
    let uniform = set.UniformWeight n
    let total = Array.sum raw / (float n * uniform)
    let at t = raw |> Array.map (fun x -> (1.0 - t) * uniform + t * x / total)
    let mutable low, high = 0.0, 1.0

    if set.Contains(ReadOnlySpan(at 1.0), 1e-15) then
        at 1.0
    else
        for _ in 1..40 do
            let middle = (low + high) / 2.0

            if set.Contains(ReadOnlySpan(at middle), 1e-12) then
                low <- middle
            else
                high <- middle

        // The sets are convex: a little nearer to the centre is well inside, whatever the tolerance above let in.
        at (if low < 1e-5 then 0.0 else low * (1.0 - 1e-4))

// The case is only printed when it fails: printing takes longer than testing.
let lessOrEqual a b tolerance (set: obj) (case: float[]) =
    if not (a <= b + tolerance) then
        failtest $"{set} at %A{case}: {a} should be at most {b} (+ {tolerance})"

let areClose (a: float[]) (b: float[]) tolerance (set: obj) (case: float[]) =
    if not (Array.forall2 (fun x y -> abs (x - y) <= tolerance) a b) then
        failtest $"{set} at %A{case}: %A{a} should be %A{b}"

let isMember (set: AmbiguitySet) (weights: float[]) (case: float[]) =
    if not (set.Contains(ReadOnlySpan weights, 1e-9)) then
        failtest $"{set} at %A{case}: %A{weights} is no member"

let private variationalInequality (set: AmbiguitySet) (random: Random) (point: float[]) =
    let p = project set point
    isMember set p point
    let gap = Array.map2 (-) point p
    let tolerance = 1e-8 * max 1.0 (scaleOf point)
    // The worst member against v − p is the best response to it, which another check proves optimal.
    lessOrEqual (dot gap (best set gap) - dot gap p) 0.0 tolerance set point

    for _ in 1..3 do
        let other = memberOf set random point.Length
        lessOrEqual (dot gap other - dot gap p) 0.0 tolerance set point

let private refusesBadInput (set: AmbiguitySet) =
    for bad in [ [||]; [| 1.0; nan |]; [| infinity |]; [| 0.5; -infinity; 0.5 |] ] do
        let weights = Array.zeroCreate bad.Length

        for name, act in
            [
                "projection", (fun () -> project set bad |> ignore)
                "best response", (fun () -> set.BestResponse(ReadOnlySpan bad, Span weights))
                "value", (fun () -> set.Value(ReadOnlySpan bad) |> ignore)
                "dual value", (fun () -> set.DualValue(ReadOnlySpan bad) |> ignore)
            ] do
            Expect.throwsT<ArgumentException> act $"{set}: {name} of %A{bad}"

        Expect.isFalse (set.Contains(ReadOnlySpan bad, 1e9)) $"{set}: %A{bad} is no member"

    Expect.throwsT<ArgumentException>
        (fun () -> set.BestResponse(ReadOnlySpan [| 1.0; 2.0 |], Span(Array.zeroCreate 3)))
        $"{set}: two losses, three weights"

/// Losses at the ends of the range of numbers are weighed like any others; points there project to members.
let private extremes (set: AmbiguitySet) (random: Random) =
    // By powers of two, which change no digit; without 1e8 and above, so that 2⁹⁹⁰ times the losses are numbers.
    let losses = draw random |> Array.map (fun x -> Math.Clamp(x, -1e6, 1e6))
    let expected = best set losses

    for exponent in [ 990; 500; -500; -990 ] do
        let scaled = losses |> Array.map (fun x -> Math.ScaleB(x, exponent))
        areClose (best set scaled) expected 1e-7 set scaled
        isMember set (best set scaled) scaled
        isMember set (project set scaled) scaled
        let gap = abs (set.DualValue(ReadOnlySpan scaled) - set.Value(ReadOnlySpan scaled))
        lessOrEqual gap 0.0 (1e-9 * scaleOf scaled) set scaled

    for case in
        [
            [| 5e-324; 0.0; 0.0 |]
            [| 1e300 |]
            [| Double.MaxValue; -Double.MaxValue; 1.0 |]
            [| 1e17; 1e17; 1e17; 0.0 |]
            [| 0.0; 0.0 |]
        ] do
        isMember set (best set case) case
        isMember set (project set case) case
        let gap = abs (set.DualValue(ReadOnlySpan case) - set.Value(ReadOnlySpan case))
        lessOrEqual gap 0.0 (1e-12 * scaleOf case) set case

let private mirrorProjection (set: AmbiguitySet) (random: Random) =
    match set with
    | :? MirrorSet as mirror ->
        let mirrored (q: float[]) =
            let p = Array.copy q
            mirror.MirrorProject p
            p

        let q = Array.init (1 + random.Next 30) (fun _ -> exp (2.0 * random.NextGaussian()))
        let p = mirrored q
        isMember set p q
        let descent = Array.map2 (fun p q -> -(log (p / q))) p q
        lessOrEqual (set.Value descent - dot descent p) 0.0 1e-7 set q

        for scale in [ 1e300; 1e-300 ] do
            areClose (mirrored (q |> Array.map ((*) scale))) p 1e-9 set q

        areClose (mirrored [| 0.0; 0.0; 0.0; 0.0 |]) (Array.create 4 0.25) 1e-15 set [||]

        for bad in [ [||]; [| 1.0; nan |]; [| infinity |]; [| 1.0; -1e-9 |] ] do
            Expect.throwsT<ArgumentException> (fun () -> mirrored bad |> ignore) $"{set}: mirror of %A{bad}"
    | _ -> ()

/// The contract: what is checked, and the check of one random case, which throws where a set breaks it.
let checks: (string * (AmbiguitySet -> Random -> unit)) list =
    [
        "the uniform member is a member",
        fun set random ->
            let n = 1 + random.Next 40
            isMember set (Array.create n (set.UniformWeight n)) [||]

        "the best response is a member and reaches the dual value",
        fun set random ->
            let losses = draw random
            let weights = best set losses
            isMember set weights losses
            let value, dual = dot weights losses, set.DualValue losses
            lessOrEqual (abs (value - dual)) 0.0 (1e-9 * scaleOf losses) set losses
            lessOrEqual value dual (1e-12 * scaleOf losses) set losses

        "no sampled member weighs the losses worse",
        fun set random ->
            let losses = draw random
            let value = set.Value losses

            for _ in 1..5 do
                let other = memberOf set random losses.Length
                lessOrEqual (dot other losses) value (1e-9 * scaleOf losses) set losses

        "the projection is a member and satisfies the variational inequality",
        fun set random ->
            draw random |> Array.map (fun x -> Math.Clamp(x, -1e3, 1e3)) |> variationalInequality set random

        "a member projects to itself",
        fun set random ->
            let own = memberOf set random (1 + random.Next 30)
            areClose (project set own) own 1e-9 set own

        "the mirror projection, where there is one, is a member and satisfies its variational inequality",
        mirrorProjection

        "responses and projections move with a permutation",
        fun set random ->
            let losses = draw random
            let order = random.Permutation losses.Length
            let permuted (x: float[]) = order |> Array.map (fun i -> x[i])

            for f in [ best set; project set ] do
                areClose (f (permuted losses)) (permuted (f losses)) 1e-7 set losses

        "losses and points at the ends of the range of numbers are treated like any others", extremes

        "empty, infinite and NaN inputs are refused", (fun set _ -> refusesBadInput set)

        "its name tells it",
        fun set _ ->
            Expect.equal (string set) set.Name "text"

            if set.Size.HasValue then
                Expect.equal (set.OfSize set.Size.Value) set "the set of its own size"
                Expect.equal ((set.OfSize set.Size.Value).GetHashCode()) (set.GetHashCode()) "equal sets, equal hashes"
    ]

/// The contract as tests of one set.
let tests (set: AmbiguitySet) =
    testList
        $"contract of {set}"
        [
            for name, check in checks ->
                propertyOf cases $"{set}: {name}" (fun (seed: int) -> check set (Seeds.Generator(int64 seed, "sets")))
        ]
