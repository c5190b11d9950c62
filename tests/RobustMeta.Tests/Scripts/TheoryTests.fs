module RobustMeta.Tests.Scripts.TheoryTests

open System
open System.IO
open Expecto
open RobustMeta.Robustness
open RobustMeta.Runtime
open RobustMeta.Scripts
open RobustMeta.Scripts.TheoryProblem
open RobustMeta.Tests

let private random = lazy Seeds.Generator(3L, "theory tests")

let private somewhere () = { X = 4.0 * random.Value.NextDouble() - 2.0; Y = 4.0 * random.Value.NextDouble() - 2.0 }

[<Tests>]
let tests =
    testList
        "Theory"
        [
            testCase "gradients agree with differences, and first order at a rate of zero with both"
            <| fun () ->
                for user in users 20 1L do
                    let x = somewhere ()
                    let h = 1e-5
                    let f x = adaptedLoss 0.7 user x
                    let g = gradient false 0.7 user x
                    let dx = (f { x with X = x.X + h } - f { x with X = x.X - h }) / (2.0 * h)
                    let dy = (f { x with Y = x.Y + h } - f { x with Y = x.Y - h }) / (2.0 * h)
                    Expect.isTrue (abs (g.X - dx) < 1e-8 && abs (g.Y - dy) < 1e-8) $"{g}, {dx}, {dy}"
                    Expect.equal (gradient true 0.0 user x) (gradient false 0.0 user x) "no inner step"

            testCase "the constants hold: bounded, Lipschitz, smooth; the first-order bias is within α L G"
            <| fun () ->
                let rate = 0.7

                for user in users 200 2L do
                    let x, y = somewhere (), somewhere ()
                    let apart = (x - y).Norm
                    let gx, gy = gradient false rate user x, gradient false rate user y
                    Expect.isTrue (adaptedLoss rate user x >= 0.0 && adaptedLoss rate user x <= 1.0) "bounded"
                    Expect.isLessThanOrEqual gx.Norm (adaptedLipschitz rate) "Lipschitz"
                    Expect.isLessThanOrEqual (gx - gy).Norm (adaptedSmoothness rate * apart) "smooth"

                    Expect.isLessThanOrEqual
                        (gradient true rate user x - gx).Norm
                        (rate * Smoothness * Lipschitz + 1e-12)
                        "bias"

                // The constants are reached, not only bounds.
                Expect.floatClose Accuracy.high (loss 1.0 + Lipschitz) 1.0 "G = exp(−1/2)"

            testCase "the Moreau gradient of a function with a kink"
            <| fun () ->
                // f = |x| + |y|/2, L = 1: λ = 1/2; soft thresholding by λ and λ/2.
                let f v = abs v.X + abs v.Y / 2.0
                let at x y = moreauGradient 1.0 2.0 f { X = x; Y = y }
                let close (a: Vector) x y = Expect.isTrue (abs (a.X - x) < 1e-5 && abs (a.Y - y) < 1e-5) $"{a}"
                close (at 1.0 -1.0) 1.0 -0.5
                close (at 0.2 0.1) 0.4 0.2
                close (at 0.0 0.0) 0.0 0.0

            testCase "the slope of a power law"
            <| fun () ->
                let power = [ for t in [ 1.0; 3.0; 10.0 ] -> t, 5.0 * t ** -0.4 ]
                Expect.floatClose Accuracy.high (logSlope power) -0.4 "exponent"

            testCase "stationarity falls with the iterations, and exact gradients go where first order does not"
            <| fun () ->
                let problems = [ users 6 1L ]

                for rate in TheoryConvergence.rates problems [ 64; 4096 ] do
                    Expect.isLessThan rate.Exponent 0.0 rate.Scheme.Name

                let floor = TheoryConvergence.floors problems 1000 [ 0.4 ] |> List.exactlyOne
                Expect.isLessThan floor.SecondOrder (floor.FirstOrder / 10.0) "exact"
                Expect.isLessThan floor.FirstOrder floor.Bound "bias"

            testCase "the gap at fixed weights falls with the users, and the effective users are those of the radius"
            <| fun () ->
                let gaps = TheoryGeneralisation.gaps 60 20000 [ 40; 640 ] [ 0.0; 1.0 ]

                for few, many in [ gaps[0], gaps[1]; gaps[2], gaps[3] ] do
                    Expect.isLessThan many.FixedWeights (few.FixedWeights / 2.0) "sixteen times the users"

                for gap in gaps do
                    let expected = float gap.Users / (1.0 + 2.0 * gap.Radius)
                    Expect.isTrue (abs (gap.EffectiveUsers / expected - 1.0) < 0.01) $"{gap}"
                    Expect.isLessThan gap.FixedWeights gap.Concentration "within the bound"

            testCase "no sampled shift exceeds the certificate, and some come near; a smaller certificate is exceeded"
            <| fun () ->
                let generator = Seeds.Generator(5L, "losses")
                let losses = [| for _ in 1..12 -> [| for _ in 1..9 -> 2.0 * generator.NextDouble() |] |]

                for name in TheoryBound.sets do
                    let set = AmbiguitySet.Parse name
                    let certified = TheoryBound.certified set losses
                    let shifted = [ for _ in 1..500 -> TheoryBound.shifted generator set losses ]
                    let uniform = losses |> Array.averageBy Array.average
                    Expect.isLessThanOrEqual (List.max shifted) (certified + 1e-9) name
                    let half = uniform + (certified - uniform) / 2.0

                    Expect.isTrue
                        (name = "unit-ball" || List.max shifted > half)
                        $"{name}: {List.max shifted} of {certified}"

            testCase "the quick report"
            <| fun () ->
                TempFolder.within (fun out ->
                    Expect.equal (CommandLine.run [ "theory"; "quick"; "out"; out ]) 0 "exit code"
                    let text = File.ReadAllText(Path.Combine(out, "theory.md"))
                    Expect.stringContains text ": 0 violations" "upper bound"
                    Expect.isTrue (File.Exists(Path.Combine(out, "theory.html"))) "figure")
        ]
