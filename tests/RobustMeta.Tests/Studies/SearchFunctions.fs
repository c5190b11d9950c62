/// Functions that searches are tried on: all are minimised, and their least value is known.
module RobustMeta.Tests.Studies.SearchFunctions

open System
open System.Globalization
open RobustMeta.Studies
open RobustMeta.Studies.Search

/// A function with its space and its least value.
type SearchFunction = { Name: string; Space: SearchSpace; Value: string list -> float; Least: float }

let private number (text: string) = Double.Parse(text, CultureInfo.InvariantCulture)

let private ofNumbers name low high count least (f: float[] -> float) =
    {
        Name = name
        Space = SearchSpace [| for i in 1..count -> SearchRange.Numbers($"x{i}", low, high) |]
        Value = fun point -> f [| for text in point -> number text |]
        Least = least
    }

let private square x : float = x * x

let private branin (x: float[]) =
    let b, c = 5.1 / (4.0 * square Math.PI), 5.0 / Math.PI
    square (x[1] - b * square x[0] + c * x[0] - 6.0) + 10.0 * (1.0 - 1.0 / (8.0 * Math.PI)) * cos x[0] + 10.0

/// Sphere, Rosenbrock, Branin, Ackley, and one with a condition and logarithmic ranges.
let all =
    [
        ofNumbers "sphere" -5.0 10.0 5 0.0 (Array.sumBy square)
        ofNumbers "Rosenbrock" -2.0 2.0 2 0.0 (fun x -> square (1.0 - x[0]) + 100.0 * square (x[1] - square x[0]))
        ofNumbers "Branin" -5.0 15.0 2 0.397887 branin
        ofNumbers "Ackley" -30.0 20.0 3 0.0 (fun x ->
            let mean f = Array.averageBy f x

            -20.0 * exp (-0.2 * sqrt (mean square)) - exp (mean (fun v -> cos (2.0 * Math.PI * v))) + 20.0 + Math.E)
        {
            Name = "conditional"
            Space =
                SearchSpace
                    [|
                        SearchRange.Of("kind", [| "sgd"; "adam" |])
                        SearchRange.Numbers("rate", 1e-6, 1.0, isLog = true)
                        SearchRange.Numbers("momentum", 0.0, 1.0).With("0.5", SearchCondition("kind", [| "sgd" |]))
                        SearchRange.Numbers("width", 1.0, 256.0, isLog = true, isInteger = true)
                    |]
            Value =
                fun point ->
                    let rate, width = log10 (number point[1]), Math.Log2(number point[3])

                    (if point[0] = "sgd" then
                         0.5 + square (number point[2] - 0.9) + 0.3 * square (rate + 1.0)
                     else
                         0.3 * square (rate + 3.0))
                    + 0.1 * square (width - 6.0)
            Least = 0.0
        }
    ]

/// The regret of the best point of a search.
let regret (f: SearchFunction) (tuner: ITuner) =
    let mutable least = Double.PositiveInfinity

    while isNull tuner.Result do
        for trial in tuner.Ask() do
            let value = f.Value(List.ofSeq (SearchSpace.Values trial.Value))
            least <- min least value
            tuner.Tell(trial, value)

    least - f.Least
