/// Specs as text: what is printed is read back as the same spec.
module RobustMeta.Tests.Experiments.SpecTextProperties

open System
open System.Globalization
open Expecto
open RobustMeta.Experiments
open RobustMeta.Tests.Properties

let private text (x: float) = x.ToString("R", CultureInfo.InvariantCulture)

/// A culture whose numbers have a comma and a minus of typography; real ones may not be installed.
let private comma =
    let culture = CultureInfo.InvariantCulture.Clone() :?> CultureInfo
    culture.NumberFormat.NumberDecimalSeparator <- ","
    culture.NumberFormat.NumberGroupSeparator <- "."
    culture.NumberFormat.NegativeSign <- "\u2212"
    culture

[<Tests>]
let tests =
    testList
        "Specs as text"
        [
            propertyOf 300 "any spec of any method comes back from its file, under any culture"
            <| fun (method: uint16) (seed: int64) (users: uint16) (fraction: byte) (betas: int8 list) (culture: byte) ->
                let before = CultureInfo.CurrentCulture
                let isOdd = culture % 2uy = 0uy

                try
                    CultureInfo.CurrentCulture <- if isOdd then comma else CultureInfo.InvariantCulture
                    let names = List.ofSeq Methods.Names
                    let betas = if betas.IsEmpty then [ 0y ] else List.distinct betas

                    let settings =
                        [
                            "seed", string seed
                            "userNum", string (3 + int users)
                            "testFraction", text (0.01 + float (fraction % 80uy) / 97.0)
                            "labelThreshold", text (float fraction / 7.0)
                            "betas", String.Join(',', [ for beta in betas -> text (float beta / 13.0) ])
                        ]

                    let spec =
                        ExperimentSpec.Of(
                            names[int method % names.Length],
                            [| for key, value in settings -> struct (key, value) |]
                        )

                    let back = SpecFile.Parse spec.Text
                    Expect.equal back.Text spec.Text "text"
                    Expect.equal back.Hash spec.Hash "hash"
                    Expect.equal back.Method spec.Method "method"
                finally
                    CultureInfo.CurrentCulture <- before
        ]
