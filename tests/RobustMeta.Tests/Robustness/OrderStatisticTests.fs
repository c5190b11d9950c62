module RobustMeta.Tests.Robustness.OrderStatisticTests

open System
open Expecto
open RobustMeta.Robustness.Sets

/// Random values, values with many ties, sorted, reversed and constant ones.
let private shapes (random: Random) n : (string * float[]) list =
    let values = Array.init n (fun _ -> random.NextDouble() - 0.5)

    [
        "random", values
        "ties", values |> Array.map (fun v -> round (4.0 * v))
        "sorted", Array.sort values
        "reversed", Array.sortDescending values
        "constant", Array.create n 0.25
        "infinite", values |> Array.map (fun v -> if v > 0.4 then Double.PositiveInfinity else v)
    ]

[<Tests>]
let tests =
    testCase "OrderStatistic: what sorting would give, at every place, and the values are kept"
    <| fun () ->
        let random = Random 8

        for n in [ 1; 2; 3; 4; 5; 7; 60; 79; 80; 81; 82; 301 ] do
            for name, values in shapes random n do
                let sorted = Array.sort values

                for place in 0 .. n - 1 do
                    let moved = Array.copy values
                    Expect.equal (OrderStatistic.At(Span moved, place)) sorted[place] $"{name}, {place} of {n}"
                    Expect.equal (Array.sort moved) sorted "the same values"
