module RobustMeta.Tests.Runtime.KMeansTests

open Expecto
open RobustMeta.Runtime

[<Tests>]
let tests =
    testList
        "KMeans"
        [
            testCase "k-means finds clusters that lie apart, the largest first"
            <| fun () ->
                let random = System.Random 3

                let points =
                    [|
                        for n, centre in [ 10, 0.0; 40, 10.0; 20, 20.0 ] do
                            for _ in 1..n do
                                [| centre + random.NextDouble(); -centre + random.NextDouble() |]
                    |]

                let clusters = KMeans.Of(points, 3, random).LargestFirst()

                Expect.equal
                    [ for p in points -> clusters.Nearest p ]
                    [
                        for i in 0..69 ->
                            if i < 10 then 2
                            elif i < 50 then 0
                            else 1
                    ]
                    "sizes 10, 40, 20"

                Expect.equal
                    (List.ofSeq clusters.Assigned)
                    [ for p in points -> clusters.Nearest p ]
                    "each point is of the nearest cluster"
        ]
