/// The contract of every registered set, and duals computed here by brute force for those of the library.
module RobustMeta.Tests.Robustness.AmbiguitySetProperties

open System
open Expecto
open RobustMeta.Robustness
open RobustMeta.Runtime
open RobustMeta.Tests.Properties
open RobustMeta.Tests.Robustness.AmbiguitySetContract

let private cases = 400

/// The sets that take a number, in several sizes: the smallest and the largest that there are among them.
let private sizes =
    [
        "chi2", [ 0.0; 1e-6; 0.05; 0.25; 1.0; 5.0; 1e6 ]
        "l2", [ 0.0; 1e-4; 0.05; 0.1; 0.3; 2.0 ]
        "kl", [ 0.0; 1e-6; 0.01; 0.1; 0.5; 2.0; 50.0 ]
        "cvar", [ 1.0; 0.9; 0.5; 0.3; 0.1; 1e-3 ]
    ]

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
    | _ -> set.Value losses

let private ofSizes keyword values = [ for size: float in values -> AmbiguitySet.Parse($"{keyword} {size}") ]

/// Every registered set, those that take a number in several sizes.
let private everySet () =
    let sizesOf = dict sizes

    [
        for set in AmbiguitySet.Registry.All.Values do
            match sizesOf.TryGetValue set.Keyword with
            | true, values -> yield! ofSizes set.Keyword values
            | _ -> set
    ]

[<Tests>]
let tests =
    testList
        "AmbiguitySet properties"
        [
            yield! everySet () |> List.map AmbiguitySetContract.tests

            propertyOf cases "the dual value is the minimum of the dual function on a grid"
            <| fun (seed: int) ->
                let random = Seeds.Generator(int64 seed, "sets")
                let losses = draw random

                for set in everySet () do
                    let value = set.DualValue losses
                    lessOrEqual (abs (value - dualByGrid set losses)) 0.0 (1e-7 * scaleOf losses) set losses

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
        ]
