module RobustMeta.Tests.Runtime.SeedsTests

open System
open Expecto
open RobustMeta.Runtime

[<Tests>]
let tests =
    testList
        "Seeds"
        [
            testCase "one name gives one stream, another name another"
            <| fun () ->
                let draws name = Array.init 8 (let random = Seeds.Generator(1L, [| name |]) in fun _ -> random.Next())
                Expect.equal (draws "a") (draws "a") "same name"
                Expect.notEqual (draws "a") (draws "b") "another name"

                Expect.notEqual
                    (Seeds.Derive(1L, [| "ab"; "c" |]))
                    (Seeds.Derive(1L, [| "a"; "bc" |]))
                    "names keep apart"

            testCase "normal and Gumbel draws have their moments"
            <| fun () ->
                let random = Seeds.Generator(7L, [| "moments" |])
                let n = 200_000

                let moments draw =
                    let xs = Array.init n (fun _ -> draw ())
                    let mean = Array.average xs
                    mean, xs |> Array.averageBy (fun x -> (x - mean) ** 2.0)

                let mean, variance = moments random.NextGaussian
                Expect.isLessThan (abs mean) 0.01 "normal mean"
                Expect.isLessThan (abs (variance - 1.0)) 0.02 "normal variance"
                let mean, variance = moments random.NextGumbel
                Expect.isLessThan (abs (mean - 0.577216)) 0.015 "Gumbel mean: Euler's constant"
                Expect.isLessThan (abs (variance - Math.PI ** 2.0 / 6.0)) 0.03 "Gumbel variance: pi^2/6"
        ]
