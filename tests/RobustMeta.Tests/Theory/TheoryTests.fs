module RobustMeta.Tests.Theory.TheoryTests

open System.Collections.Generic
open Expecto
open RobustMeta.Robustness
open RobustMeta.Runtime
open RobustMeta.Theory

let private random = lazy Seeds.Generator(3L, "theory tests")

let private somewhere () = PlaneVector(4.0 * random.Value.NextDouble() - 2.0, 4.0 * random.Value.NextDouble() - 2.0)

[<Tests>]
let tests =
    testList
        "Theory"
        [
            testCase "gradients agree with differences, and first order at a rate of zero with both"
            <| fun () ->
                for user in PlaneUser.Random(20, 1L) do
                    let x = somewhere ()
                    let h = 1e-5
                    let f dx dy = user.AdaptedLoss(0.7, PlaneVector(x.X + dx, x.Y + dy))
                    let g = user.Gradient(false, 0.7, x)
                    let dx = (f h 0.0 - f -h 0.0) / (2.0 * h)
                    let dy = (f 0.0 h - f 0.0 -h) / (2.0 * h)
                    Expect.isTrue (abs (g.X - dx) < 1e-8 && abs (g.Y - dy) < 1e-8) $"{g}, {dx}, {dy}"
                    Expect.equal (user.Gradient(true, 0.0, x)) (user.Gradient(false, 0.0, x)) "no inner step"

            testCase "the constants hold: bounded, Lipschitz, smooth; the first-order bias is within α L G"
            <| fun () ->
                let rate = 0.7

                for user in PlaneUser.Random(200, 2L) do
                    let x, y = somewhere (), somewhere ()
                    let apart = (x - y).Norm
                    let gx, gy = user.Gradient(false, rate, x), user.Gradient(false, rate, y)
                    let loss = user.AdaptedLoss(rate, x)
                    Expect.isTrue (loss >= 0.0 && loss <= 1.0) "bounded"
                    Expect.isLessThanOrEqual gx.Norm (PlaneUser.AdaptedLipschitz rate) "Lipschitz"
                    Expect.isLessThanOrEqual (gx - gy).Norm (PlaneUser.AdaptedSmoothness rate * apart) "smooth"

                    Expect.isLessThanOrEqual
                        (user.Gradient(true, rate, x) - gx).Norm
                        (rate * BoundedLoss.Smoothness * BoundedLoss.Lipschitz + 1e-12)
                        "bias"

                // The constants are reached, not only bounds.
                Expect.floatClose Accuracy.high (BoundedLoss.Of 1.0 + BoundedLoss.Lipschitz) 1.0 "G = exp(−1/2)"

            testCase "the Moreau gradient of a function with a kink"
            <| fun () ->
                // f = |x| + |y|/2, L = 1: λ = 1/2; soft thresholding by λ and λ/2.
                let f (v: PlaneVector) = abs v.X + abs v.Y / 2.0
                let at x y = MoreauEnvelope.Gradient(1.0, 2.0, f, PlaneVector(x, y))
                let close (a: PlaneVector) x y = Expect.isTrue (abs (a.X - x) < 1e-5 && abs (a.Y - y) < 1e-5) $"{a}"
                close (at 1.0 -1.0) 1.0 -0.5
                close (at 0.2 0.1) 0.4 0.2
                close (at 0.0 0.0) 0.0 0.0

            testCase "the slope of a power law"
            <| fun () ->
                let power = [ for t in [ 1.0; 3.0; 10.0 ] -> struct (t, 5.0 * t ** -0.4) ]
                Expect.floatClose Accuracy.high (PowerLaw.Exponent power) -0.4 "exponent"
                Expect.throwsT<System.ArgumentException> (fun () -> PowerLaw.Exponent [] |> ignore) "none"

            testCase "stationarity falls with the iterations, and exact gradients go where first order does not"
            <| fun () ->
                let problems = [| PlaneUser.Random(6, 1L) :> IReadOnlyList<PlaneUser> |]

                for rate in ConvergenceRate.Measure(problems, [| 64; 4096 |]) do
                    Expect.isLessThan rate.Exponent 0.0 rate.Scheme.Name

                let floor = GradientFloor.Measure(problems, 1000, [ 0.4 ]) |> Seq.exactlyOne
                Expect.isLessThan floor.SecondOrder (floor.FirstOrder / 10.0) "exact"
                Expect.isLessThan floor.FirstOrder floor.Bound "bias"

            testCase "the gap at fixed weights falls with the users, and the effective users are those of the radius"
            <| fun () ->
                let gaps = GeneralisationGap.Measure(60, 20000, [| 40; 640 |], [ 0.0; 1.0 ])

                for few, many in [ gaps[0], gaps[1]; gaps[2], gaps[3] ] do
                    Expect.isLessThan many.FixedWeights (few.FixedWeights / 2.0) "sixteen times the users"

                for gap in gaps do
                    Expect.isTrue (abs (gap.EffectiveUsers / gap.TheoreticalUsers - 1.0) < 0.01) $"{gap}"
                    Expect.isLessThan gap.FixedWeights gap.Concentration "within the bound"

            testCase "no sampled shift exceeds the certificate, and some come near; a smaller certificate is exceeded"
            <| fun () ->
                let generator = Seeds.Generator(5L, "losses")
                let losses = [| for _ in 1..12 -> [| for _ in 1..9 -> 2.0 * generator.NextDouble() |] |]

                for name in CertifiedBound.Sets do
                    let set = AmbiguitySet.Parse name
                    let certified = CertifiedBound.Certificate(set, losses)
                    let shifted = [ for _ in 1..500 -> CertifiedBound.Shifted(generator, set, losses) ]
                    let uniform = losses |> Array.averageBy Array.average
                    Expect.isLessThanOrEqual (List.max shifted) (certified + 1e-9) name
                    let half = uniform + (certified - uniform) / 2.0

                    Expect.isTrue
                        (name = "unit-ball" || List.max shifted > half)
                        $"{name}: {List.max shifted} of {certified}"
        ]
