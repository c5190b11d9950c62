module RobustMeta.Tests.Robustness.AmbiguitySetTests

open System
open Expecto
open RobustMeta.Robustness
open RobustMeta.Runtime
open RobustMeta.Settings

let private v = [| 0.5; 0.1; -0.2; 0.9; 0.3 |]
let private losses = [| 1.0; 0.2; 0.7; 0.1; 0.4 |]

let private project (set: string) (point: float[]) =
    let weights = Array.copy point
    AmbiguitySet.Parse(set).Project(weights)
    weights

let private mirror (set: string) (point: float[]) =
    let weights = Array.copy point
    (AmbiguitySet.Parse set :?> MirrorSet).MirrorProject(weights)
    weights

let private best (set: string) (losses: float[]) =
    let weights = Array.zeroCreate losses.Length
    AmbiguitySet.Parse(set).BestResponse(ReadOnlySpan losses, Span weights)
    weights

let private isClose name (actual: float[]) (expected: float[]) =
    Array.iter2
        (fun a e -> Expect.floatClose { absolute = 6e-7; relative = 0.0 } a e $"{name}: %A{actual}")
        actual
        expected

let private relative name (actual: float) (expected: float) =
    Expect.isLessThanOrEqual (abs (actual - expected)) (1e-12 * abs expected) $"{name}: {actual:R}, not {expected:R}"

/// Golden values to six digits, from an independent plain implementation.
let private golden =
    [
        "projection onto the simplex", project "simplex" v, [| 0.266667; 0; 0; 0.666667; 0.066667 |]
        "projection chi2 .1", project "chi2 0.1" v, [| 0.243402; 0.146953; 0.074617; 0.339850; 0.195178 |]
        "projection chi2 .5", project "chi2 0.5" v, [| 0.282733; 0.020871; 0; 0.544594; 0.151802 |]
        "projection capped .3", project "cvar 0.66666666666666667" v, [| 0.3; 0.1; 0; 0.3; 0.3 |]
        "response chi2 .05", best "chi2 0.05" losses, [| 0.299341; 0.146509; 0.242029; 0.127405; 0.184717 |]
        "response chi2 .1", best "chi2 0.1" losses, [| 0.340489; 0.124352; 0.259438; 0.097335; 0.178386 |]
        "response chi2 .5", best "chi2 0.5" losses, [| 0.521523; 0.010421; 0.329860; 0; 0.138197 |]
        "response kl .05", best "kl 0.05" losses, [| 0.309259; 0.146649; 0.233779; 0.133590; 0.176722 |]
        "response kl .1", best "kl 0.1" losses, [| 0.359945; 0.125164; 0.242216; 0.109682; 0.162993 |]
        "response kl .5", best "kl 0.5" losses, [| 0.604089; 0.045806; 0.229633; 0.033182; 0.087291 |]
        "response cvar .3", best "cvar 0.3" losses, [| 0.666667; 0; 0.333333; 0; 0 |]
        "response cvar .5", best "cvar 0.5" losses, [| 0.4; 0; 0.4; 0; 0.2 |]
        "response unit ball", best "unit-ball" losses, [| 0.766965; 0.153393; 0.536875; 0.076696; 0.306786 |]
        "mirror capped .3",
        mirror "cvar 0.66666666666666667" [| 0.5; 0.2; 0.1; 0.1; 0.1 |],
        [| 0.3; 0.28; 0.14; 0.14; 0.14 |]
        "mirror capped .5, one at the cap",
        mirror "cvar 0.4" [| 8.0; 9.0; 0.0; 1e-3; 0.0 |],
        [| 4.0 / 8.001; 0.5; 0; 0.0005 / 8.001; 0 |]
        "mirror capped .4, zeros left over",
        mirror "cvar 0.5" [| 8.0; 9.0; 0.0; 0.0; 0.0 |],
        [| 0.4; 0.4; 0.066667; 0.066667; 0.066667 |]
        "mirror kl .05",
        mirror "kl 0.05" [| 0.5; 0.2; 0.1; 0.1; 0.1 |],
        [| 0.324590; 0.212542; 0.154289; 0.154289; 0.154289 |]
    ]

let private goldenValues =
    [
        "chi2 0.05", 0.584690
        "chi2 0.1", 0.628054
        "chi2 0.5", 0.809787
        "kl 0.05", 0.586282
        "kl 0.1", 0.630694
        "kl 0.5", 0.812227
        "cvar 0.3", 0.9
        "cvar 0.5", 0.76
        "unit-ball", 1.303840
    ]

let private refused (text: string) (words: string list) =
    let message =
        try
            AmbiguitySet.Parse text |> ignore
            failtest $"'{text}' was read"
        with :? SettingException as error ->
            error.Message

    for word in words do
        Expect.stringContains message word text

[<Tests>]
let tests =
    testList
        "AmbiguitySet"
        [
            testCase "golden vectors"
            <| fun () ->
                for name, actual, expected in golden do
                    isClose name actual expected

            testCase "golden values, by the best response and by the dual"
            <| fun () ->
                for name, expected in goldenValues do
                    let set = AmbiguitySet.Parse name
                    isClose name [| set.Value losses; set.DualValue losses |] [| expected; expected |]

            testCase "the text of every set reads back as itself"
            <| fun () ->
                for name in AmbiguitySet.Names do
                    Expect.equal (AmbiguitySet.Parse(name).ToString()) name "round trip"

                Expect.equal (AmbiguitySet.Parse " cvar  1e-2 ").Name "cvar 0.01" "spaces and exponents"
                Expect.equal (AmbiguitySet.Parse "chi2 0.5") (AmbiguitySet.Parse "chi2 0.5") "sets are values"

            testCase "a set that does not exist or has the wrong number is refused with help"
            <| fun () ->
                refused "ch2 0.5" [ "'ch2 0.5'"; "did you mean 'chi2'"; "cvar 0.5" ]
                refused "" [ "Sets" ]
                refused "chi2" [ "takes one number"; "chi2 0.25" ]
                refused "chi2 half" [ "takes one number" ]
                refused "chi2 0.5 0.5" [ "takes one number" ]
                refused "simplex 0.5" [ "takes no number" ]
                refused "chi2 -1" [ "-1"; "0 or more" ]
                refused "chi2 NaN" [ "NaN" ]
                refused "kl -0.1" [ "0 or more" ]
                refused "l2 1e9" [ "0 to 1000" ]
                refused "cvar 0" [ "above 0 and up to 1" ]
                refused "cvar 1.5" [ "above 0 and up to 1" ]

            testCase "Euclidean ball: mean + r √n std while no weight reaches zero"
            <| fun () ->
                let mean = Array.average losses
                let deviation = sqrt (losses |> Array.averageBy (fun x -> (x - mean) ** 2.0))

                for r in [ 0.001; 0.05; 0.1; 0.2 ] do
                    let expected = mean + r * sqrt 5.0 * deviation
                    Expect.floatClose Accuracy.high (AmbiguitySet.Parse($"l2 {r}").Value losses) expected $"r = {r}"

            testCase "weights on the border of a set are members, those beyond it or off the simplex are not"
            <| fun () ->
                let isMember (set: string) (weights: float[]) tolerance =
                    AmbiguitySet.Parse(set).Contains(ReadOnlySpan weights, tolerance)

                // Half of the four places alone, all exact in binary: a distance of 1/2 from uniform, χ² of 1/2, KL of log 2, and the
                // cap of a tail of a half.
                let border = [| 0.5; 0.5; 0.0; 0.0 |]

                for set, smaller in
                    [
                        "l2 0.5", "l2 0.4375"
                        "chi2 0.5", "chi2 0.4375"
                        "cvar 0.5", "cvar 0.5625"
                        $"kl {log 2.0:R}", "kl 0.6875"
                    ] do
                    Expect.isTrue (isMember set border 0.0) $"on the border of {set}"
                    Expect.isFalse (isMember smaller border 0.0) $"beyond {smaller}"
                    Expect.isTrue (isMember smaller border 0.0625) $"as far beyond {smaller} as is tolerated"
                    Expect.isFalse (isMember set [| 0.3; 0.3; 0.3; 0.3 |] 1e-9) $"{set}: a sum of 1.2"

                Expect.isTrue (isMember "simplex" border 0.0) "a side of the simplex"
                Expect.isFalse (isMember "l2 0.5" [| 1.0; 0.0; 0.0; 0.0 |] 1e-9) "a distance of √(3/4)"

            testCase "the dual value of a ball without radius is the mean, never below the primal"
            <| fun () ->
                for losses in [ [| 2.0; 5.0; 5.0; 1.0; 0.5 |]; [| 1.0; 1.0 + 1e-9; 0.5 |]; [| -3.0; 1e-3; 7.0 |] ] do
                    for name in [ "l2 0"; "chi2 0"; "kl 0"; "cvar 1"; "uniform" ] do
                        let set = AmbiguitySet.Parse name
                        let mean = losses |> Array.averageBy decimal |> float
                        relative $"{name} of %A{losses}" (set.DualValue losses) mean
                        Expect.isTrue (set.DualValue losses >= set.Value losses - 1e-15 * 7.0) $"{name}: not below"

            testCase "small balls: the dual value is the mean and a multiple of the deviation, to twelve digits"
            <| fun () ->
                for losses in [ [| 2.0; 5.0; 5.0; 1.0; 0.5 |]; [| 1.0; 1.0 + 1e-9; 0.5 |]; [| 0.1; 0.2; 0.7; 0.9 |] ] do
                    let n = float losses.Length
                    let mean = Array.average losses
                    let deviation = sqrt (losses |> Array.averageBy (fun x -> (x - mean) ** 2.0))

                    for r in [ 1e-300; 1e-150; 1e-20; 1e-12; 1e-9; 1e-6; 1e-3; 0.05 ] do
                        let l2 = AmbiguitySet.Parse $"l2 {r}"
                        let excess = r * sqrt n * deviation
                        relative $"l2 {r}" (l2.DualValue losses) (mean + excess)
                        let chi2 = AmbiguitySet.Parse $"chi2 {r * r / 2.0}"
                        relative $"chi2 {r}" (chi2.DualValue losses) (mean + r * deviation)

            testCase "small balls: the best response is the standardised losses, times the radius"
            <| fun () ->
                for losses in [ [| 2.0; 5.0; 5.0; 1.0; 0.5 |]; [| 0.1; 0.2; 0.7; 0.9 |] ] do
                    let mean = Array.average losses
                    let deviation = sqrt (losses |> Array.averageBy (fun x -> (x - mean) ** 2.0))

                    for rho in [ 1e-16; 1e-14; 1e-10; 1e-6 ] do
                        let weights = best $"chi2 {rho}" losses

                        for weight, loss in Array.zip weights losses do
                            let tilt = (float losses.Length * weight - 1.0) / sqrt (2.0 * rho)
                            // A weight near 1/n has no more digits.
                            let exact = { absolute = 1e-15 / sqrt rho + 1e-9; relative = 0.0 }
                            Expect.floatClose exact tilt ((loss - mean) / deviation) $"chi2 {rho}"

            testCase "small KL balls: mean, deviation and skewness give the dual value to twelve digits"
            <| fun () ->
                let losses = [| 2.0; 5.0; 5.0; 1.0; 0.5 |]
                let mean = Array.average losses
                let moment (k: float) = losses |> Array.averageBy (fun x -> (x - mean) ** k)
                let deviation = sqrt (moment 2.0)
                let skewness = moment 3.0 / deviation ** 3.0

                for rho in [ 1e-300; 1e-20; 1e-14; 1e-10 ] do
                    // Of the expansion in √ρ; what follows is of order ρ^1.5.
                    let expected = mean + deviation * (sqrt (2.0 * rho) + skewness / 3.0 * rho)
                    relative $"kl {rho}" ((AmbiguitySet.Parse $"kl {rho}").DualValue losses) expected

            testCase "the mirror projection of zeros is the uniform member"
            <| fun () ->
                for mirror in
                    AmbiguitySet.Registry.All.Values
                    |> Seq.choose (function
                        | :? MirrorSet as m -> Some m
                        | _ -> None) do
                    let weights = Array.zeroCreate<float> 5
                    mirror.MirrorProject(Span weights)
                    Expect.equal weights (Array.create 5 0.2) $"{mirror}"

            testCase
                "relative weights: the bits of scaling, projecting and scaling back, whether some come to zero or none"
            <| fun () ->
                let random = Seeds.Generator(31L, "relative")
                let mutable kept = 0

                for set in [ "simplex"; "unit-ball"; "chi2 0.3" ] do
                    let set = AmbiguitySet.Parse set

                    for n in [ 1..40 ] @ [ 1000 ] do
                        for spread in [ 0.0; 1e-3; 0.2; 2.0 ] do
                            let point = Array.init n (fun _ -> 1.0 + spread * random.NextGaussian())
                            let uniform = set.UniformWeight n
                            let expected = point |> Array.map (fun w -> w * uniform)
                            set.Project(Span expected)
                            let expected = expected |> Array.map (fun w -> w * (1.0 / uniform))
                            let actual = Array.copy point
                            set.ProjectRelative(Span actual)
                            Expect.equal actual expected $"{set}, {n} weights, {spread}"

                            if spread > 0.0 && Array.forall (fun w -> w > 0.0) actual then
                                kept <- kept + 1

                Expect.isGreaterThan kept 100 "often none comes to zero"

                let throws (point: float[]) =
                    Expect.throwsT<ArgumentException>
                        (fun () -> AmbiguitySet.Parse("simplex").ProjectRelative(Span point))
                        $"%A{point}"

                throws [| 1.0; nan; 1.0 |]
                throws [| 1.0; infinity |]
                throws [||]

            testCase "points of any size project onto the simplex and its capped part"
            <| fun () ->
                isClose "equal" (project "simplex" [| 1e300; 1e300 |]) [| 0.5; 0.5 |]
                isClose "1e17" (project "simplex" [| 1e17; 1e17; 0.0 |]) [| 0.5; 0.5; 0 |]
                isClose "capped" (project "cvar 0.5" [| 1e300; 5.0; 5.2; 4.0 |]) [| 0.5; 0.15; 0.35; 0 |]
                isClose "unit ball" (project "unit-ball" [| 3e300; 4e300; -1e300 |]) [| 0.6; 0.8; 0 |]
                isClose "unit ball's response" (best "unit-ball" [| 3e-300; 4e-300; -1.0e-300 |]) [| 0.6; 0.8; 0 |]
        ]
