module RobustMeta.Tests.Robustness.SoftmaxKernelTests

open System
open Expecto
open RobustMeta.Robustness
open RobustMeta.Robustness.Sets
open RobustMeta.Runtime

let private softmax slope (logs: float[]) =
    let top = Array.max logs
    let powers = logs |> Array.map (fun l -> exp (slope * (l - top)))
    let sum = Array.sum powers
    powers |> Array.map (fun p -> p / sum)

let private divergence (p: float[]) = p |> Array.sumBy (fun x -> if x > 0.0 then x * log (float p.Length * x) else 0.0)

/// p ∝ w^s with the largest s ≤ 1 in the ball, by plain bisection.
let private slow radius (weights: float[]) =
    let logs = weights |> Array.map (fun w -> log (max w Double.Epsilon))

    if radius = 0.0 then
        Array.create weights.Length (1.0 / float weights.Length)
    elif divergence (softmax 1.0 logs) <= radius then
        softmax 1.0 logs
    else
        let mutable low, high = 0.0, 1.0

        for _ in 1..200 do
            let middle = (low + high) / 2.0

            if divergence (softmax middle logs) > radius then
                high <- middle
            else
                low <- middle

        softmax low logs

[<Tests>]
let tests =
    testList
        "SoftmaxKernel"
        [
            testCase "the mirror projection onto a KL ball is that of plain bisection, inside and on the boundary"
            <| fun () ->
                let random = Seeds.Generator(4L, "kl")
                let mutable inside, outside = 0, 0

                // All remainders of whole vectors; from nearly even weights to almost all on one; weights that underflowed.
                for n in [ 1..9 ] @ [ 100; 1001 ] do
                    for spread in [ 0.01; 0.3; 1.0; 5.0; 60.0 ] do
                        for radius in [ 0.0; 0.001; 0.1; 1.0 ] do
                            let weights =
                                [|
                                    for i in 1..n ->
                                        if i % 50 = 7 then 0.0 else exp (spread * (random.NextDouble() - 0.5))
                                |]

                            let expected = slow radius weights
                            let actual = Array.copy weights
                            (KullbackLeiblerBallSet radius).MirrorProject(Span actual)
                            let logs = weights |> Array.map (fun w -> log (max w Double.Epsilon))

                            if divergence (softmax 1.0 logs) <= radius then
                                inside <- inside + 1
                            else
                                outside <- outside + 1

                            let error = Array.map2 (fun a e -> abs (a - e)) actual expected |> Array.max
                            Expect.isLessThan error 1e-11 $"n {n}, spread {spread}, radius {radius}"
                            Expect.floatClose Accuracy.high (Array.sum actual) 1.0 "sum"

                Expect.isTrue (inside > 30 && outside > 30) $"{inside} inside, {outside} outside"
        ]
