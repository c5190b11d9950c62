module RobustMeta.Tests.Robustness.AmbiguitySetTests

open System
open Expecto
open RobustMeta.Robustness
open RobustMeta.Settings

let private v = [| 0.5; 0.1; -0.2; 0.9; 0.3 |]
let private losses = [| 1.0; 0.2; 0.7; 0.1; 0.4 |]

let private project (set: string) (point: float[]) =
    let weights = Array.copy point
    AmbiguitySet.Parse(set).Project(weights)
    weights

let private mirror (set: string) (point: float[]) =
    let weights = Array.copy point
    (box (AmbiguitySet.Parse set) :?> IMirrorSet).MirrorProject(weights)
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
                Expect.equal AmbiguitySet.Names.Count 7 "seven sets"

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

            testCase "values that are not finite, and nothing at all, are refused"
            <| fun () ->
                for name in AmbiguitySet.Names do
                    for bad in [ [||]; [| 1.0; nan |]; [| infinity |] ] do
                        let set = AmbiguitySet.Parse name
                        Expect.throwsT<ArgumentException> (fun () -> project name bad |> ignore) "projection"
                        Expect.throwsT<ArgumentException> (fun () -> best name bad |> ignore) "best response"
                        Expect.throwsT<ArgumentException> (fun () -> set.Value bad |> ignore) "value"

            testCase "Euclidean ball: mean + r √n std while no weight reaches zero"
            <| fun () ->
                let mean = Array.average losses
                let deviation = sqrt (losses |> Array.averageBy (fun x -> (x - mean) ** 2.0))

                for r in [ 0.001; 0.05; 0.1; 0.2 ] do
                    let expected = mean + r * sqrt 5.0 * deviation
                    Expect.floatClose Accuracy.high (AmbiguitySet.Parse($"l2 {r}").Value losses) expected $"r = {r}"
        ]
