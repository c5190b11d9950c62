/// Weights kept for steps of few of them, beside the projection of the whole vector.
module RobustMeta.Tests.Robustness.DeferredWeightsTests

open System
open Expecto
open RobustMeta.Robustness
open RobustMeta.Robustness.Adversaries
open RobustMeta.Robustness.Sets
open RobustMeta.Runtime

let private sets: AmbiguitySet list = [ SimplexSet(); UnitBallSet() ]

let private ascent (set: AmbiguitySet) rate = WeightAscent(SetResponse(set, 0.0), ProjectedStep set, rate)

let private areClose (actual: float[]) (expected: float[]) (what: string) =
    for i in 0 .. expected.Length - 1 do
        Expect.floatClose { absolute = 1e-9; relative = 1e-9 } actual[i] expected[i] $"{what}, weight {i}"

let private written (weights: DeferredWeights) =
    let target = Array.zeroCreate weights.Count
    weights.CopyTo(Span target)
    target

/// Steps of some random weights, each by both ways; gives how many took the whole vector, and how many weights came to zero.
let private compare (set: AmbiguitySet) (seed: int64) (n: int) (least: float) (rate: float) =
    let random = Seeds.Generator(seed, "deferred")
    let ascent = ascent set rate
    let kept = ascent.Defer()
    let expected = Array.create n 1.0
    kept.Load(ReadOnlySpan expected)
    let mutable whole = 0
    let mutable zeros = 0

    for number in 1..60 do
        let places = Array.init n id
        random.Shuffle places
        let places = Array.truncate (1 + random.Next(min n 5)) places
        let losses = places |> Array.map (fun _ -> least + random.NextDouble() * (1.0 - least))
        ascent.AscendSome(Span expected, ReadOnlySpan places, ReadOnlySpan losses)
        let all = Array.zeroCreate n

        if ascent.TryAscendSome(kept, ReadOnlySpan places, ReadOnlySpan losses, Span all) then
            areClose (written kept) expected $"{set}, seed {seed}, step {number}"
        else
            whole <- whole + 1
            areClose all expected $"{set}, seed {seed}, step {number}, the whole vector"
            kept.Load(ReadOnlySpan all)

        zeros <- zeros + (expected |> Seq.filter (fun w -> w = 0.0) |> Seq.length)

    whole, zeros

[<Tests>]
let tests =
    testList
        "Deferred weights"
        [
            for set in sets do
                testCase $"{set}: steps of few weights are those of the whole vector"
                <| fun () ->
                    for seed in 1L .. 40L do
                        let n = 1 + int seed % 23

                        for rate in [ 0.01; 0.4; 30.0 ] do
                            let whole, zeros = compare set seed n 0.0 rate
                            Expect.equal whole 0 "losses that are not negative take no pass over all"

                            if set :? SimplexSet && n > 5 && rate > 1.0 then
                                Expect.isGreaterThan zeros 0 "some weights come to zero"

                testCase $"{set}: the same with losses of both signs"
                <| fun () ->
                    let whole =
                        List.sum
                            [
                                for seed in 41L .. 80L do
                                    for rate in [ 0.01; 0.4; 30.0 ] do
                                        fst (compare set seed (1 + int seed % 23) -1.0 rate)
                            ]

                    // A negative threshold raises weights that are zero, which only the simplex has to do.
                    Expect.equal (whole > 0) (set :? SimplexSet) "whether some steps take the whole vector"

                testCase $"{set}: what is no number changes nothing and is refused as ever"
                <| fun () ->
                    let ascent = ascent set 0.1
                    let kept = ascent.Defer()
                    let weights = [| 0.5; 1.0; 1.5 |]
                    kept.Load(ReadOnlySpan weights)
                    let places, losses = [| 1 |], [| nan |]

                    Expect.throwsT<ArgumentException>
                        (fun () ->
                            let all = Array.zeroCreate 3
                            ascent.TryAscendSome(kept, places.AsSpan(), losses.AsSpan(), Span all) |> ignore)
                        "refused"

                    Expect.equal (written kept) weights "unchanged"

            testCase "a long ascent stays in the set"
            <| fun () ->
                for set in sets do
                    let ascent = ascent set 0.05
                    let kept = ascent.Defer()
                    let n = 1000
                    let random = Seeds.Generator(1L, "long")
                    kept.Load(ReadOnlySpan(Array.create n 1.0))

                    for _ in 1..20000 do
                        let place, loss = [| random.Next n |], [| random.NextDouble() |]
                        Expect.isTrue (ascent.TryAscendSome(kept, place.AsSpan(), loss.AsSpan(), Span.Empty)) "a step"

                    let member' = written kept |> Array.map (fun w -> w * set.UniformWeight n)
                    Expect.isTrue (set.Contains(ReadOnlySpan member', 1e-10)) $"{set}"

            testCase "many steps far out of the ball: factors beyond the range of numbers"
            <| fun () ->
                let ascent = ascent (UnitBallSet()) 1e6
                let kept = ascent.Defer()
                let expected = Array.create 3 1.0
                kept.Load(ReadOnlySpan expected)

                for number in 1..200 do
                    let place, loss = [| number % 3 |], [| 1.0 |]
                    ascent.AscendSome(Span expected, place.AsSpan(), loss.AsSpan())
                    Expect.isTrue (ascent.TryAscendSome(kept, place.AsSpan(), loss.AsSpan(), Span.Empty)) "a step"
                    areClose (written kept) expected $"step {number}"

            testCase "a step far out of the simplex takes the whole vector"
            <| fun () ->
                for loss in [ 1e4; 1e20; 1e300 ] do
                    let ascent = ascent (SimplexSet()) 1.0
                    let kept = ascent.Defer()
                    let expected = [| 1.0; 1.0; 1.0 |]
                    kept.Load(ReadOnlySpan expected)
                    let place, loss = [| 1 |], [| loss |]
                    let all = Array.zeroCreate 3

                    Expect.isFalse
                        (ascent.TryAscendSome(kept, place.AsSpan(), loss.AsSpan(), Span all))
                        "the whole vector"

                    Expect.equal all [| 0.0; 3.0; 0.0 |] $"{loss}"

            testCase "rules and sets that need the whole vector keep nothing"
            <| fun () ->
                for set in [ "chi2 0.5"; "cvar 0.5" ] do
                    Expect.isNull ((ascent (AmbiguitySet.Parse set) 0.1).Defer()) set

                Expect.isNull ((ascent (SimplexSet()) 0.0).Defer()) "no steps"
        ]
