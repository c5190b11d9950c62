/// Figures of many named points: which names stand where, and what is drawn of points far from the others.
module RobustMeta.Tests.Scripts.NamedPointsTests

open Expecto
open Plotly.NET
open RobustMeta.Scripts

let private random = System.Random 1

let private covers (a: float, b: float) (halfWidth, halfHeight) (x, y) half =
    abs (a - x) < halfWidth + half && abs (b - y) < halfHeight + half

let private choice name average worst : ParetoFigure.Choice =
    { Method = name; Setting = ""; Average = average; Worst = worst }

/// Plain in the middle of a crowd, a front of two, and one far away.
let private crowd: ParetoFigure.Choice list =
    [
        choice "plain" 0.300 0.250
        for i in 1..9 do
            choice $"method-{i}" (0.298 + 0.001 * float (i * 7 % 9)) (0.252 - 0.001 * float (i * 5 % 9))
        choice "best-average" 0.320 0.255
        choice "best-worst" 0.310 0.262
        choice "far" 0.050 0.020
    ]

let private json (figure: Figure) =
    match figure.Drawing with
    | Plot chart -> GenericChart.toJson chart
    | Vector _ -> failtest "no plot"

[<Tests>]
let tests =
    testList
        "Named points"
        [
            testCase "words cover neither points nor one another, and stay in the area"
            <| fun () ->
                for count in [ 5; 20; 60 ] do
                    let points = [ for _ in 1..count -> 400.0 * random.NextDouble(), 250.0 * random.NextDouble() ]

                    let labels: LabelPlaces.Label list =
                        [
                            for point in points ->
                                { Point = point; Width = 20.0 + 60.0 * random.NextDouble(); Reach = 94.0 }
                        ]

                    let placed = LabelPlaces.place 400.0 250.0 points labels
                    Expect.hasLength placed count "one each"
                    let found = List.zip labels placed |> List.choose (fun (l, p) -> Option.map (fun p -> l, p) p)
                    Expect.isGreaterThan found.Length (min count 15 - 1) "most of few have one"

                    for i, (label, place) in List.indexed found do
                        let x, y = place.Middle
                        let half = label.Width / 2.0
                        Expect.isTrue (x - half >= -1e-9 && x + half <= 400.0 + 1e-9) "across"
                        Expect.isTrue (y - 6.0 >= -1e-9 && y + 6.0 <= 250.0 + 1e-9) "upwards"

                        for point in points do
                            Expect.isFalse (covers place.Middle (half, 6.0) point 4.9) "a point"

                        for other, at in List.skip (i + 1) found do
                            let u, v = at.Middle

                            Expect.isTrue
                                (abs (x - u) >= half + other.Width / 2.0 - 1e-9 || abs (y - v) >= 12.0 - 1e-9)
                                "another word"

            testCase "axes leave out what is far from a crowd, and nothing else"
            <| fun () ->
                let crowd = [ for i in 0..19 -> 1.0 + 0.01 * float i ]
                Expect.equal (NamedPoints.shown crowd) (1.0, 1.19) "no point is far"
                Expect.equal (NamedPoints.shown (9.0 :: crowd)) (1.0, 1.19) "one is"
                Expect.equal (NamedPoints.shown (-5.0 :: 9.0 :: crowd)) (1.0, 1.19) "one on either side"
                Expect.equal (NamedPoints.shown (1.3 :: crowd)) (1.0, 1.3) "a near one stays"
                Expect.equal (NamedPoints.shown [ 1.0; 1.01; 9.0 ]) (1.0, 9.0) "too few to be a crowd"
                Expect.equal (NamedPoints.shown (9.0 :: List.replicate 20 1.0)) (1.0, 9.0) "equal values have no range"

            testCase "the front is what is best for some weight of both or between, as enumeration finds it"
            <| fun () ->
                for higherIsBetter in [ true; false ] do
                    for _ in 1..50 do
                        let choices =
                            [ for i in 1..12 -> choice $"{i}" (float (random.Next 6)) (float (random.Next 6)) ]

                        let sign = if higherIsBetter then 1.0 else -1.0
                        // From the best average down, each that is better at worst than all before; of equal averages the best alone.
                        let ordered = choices |> List.sortByDescending (fun c -> sign * c.Average, sign * c.Worst)

                        let expected =
                            [
                                for c in ordered do
                                    let before =
                                        ordered
                                        |> List.filter (fun o ->
                                            (o.Average, o.Worst) <> (c.Average, c.Worst)
                                            && sign * o.Average >= sign * c.Average)

                                    if before |> List.forall (fun o -> sign * o.Worst < sign * c.Worst) then
                                        c.Method
                            ]

                        Expect.equal
                            (ParetoFigure.front higherIsBetter choices |> List.map _.Method |> List.sort)
                            (List.sort expected)
                            "names"

            testCase
                "of many methods none vanishes: the base and the front are named, a far one stands at the edge with its values"
            <| fun () ->
                let figure = ParetoFigure.draw "NDCG@10" "worst test set" crowd
                let drawn = json figure

                for name in [ "plain"; "best-average"; "best-worst" ] do
                    // In the text beside the points, which is drawn, and not only where a pointer rests.
                    Expect.isGreaterThan (drawn.Split($"\"{name}\"").Length - 1) 1 $"{name} is named"

                Expect.stringContains drawn "far (0.050, 0.020)" "named with its values"
                Expect.stringContains figure.Caption "far (0.0500, 0.0200)" "and in the caption"

                Expect.stringContains
                    figure.Caption
                    "the Pareto front, which none beats on both: best-average, best-worst"
                    "front"

                Expect.stringContains figure.Caption "up and right is better" "direction"
                Expect.hasLength figure.Data.Rows crowd.Length "all numbers"

                for c in crowd do
                    let isNamed = drawn.Split($"\"{c.Method}\"").Length - 1 > 1 || drawn.Contains $"{c.Method} ("
                    Expect.isTrue (isNamed || figure.Caption.Contains c.Method) $"{c.Method} is told of"

            testCase "of a metric whose low values are good, down and left is better"
            <| fun () ->
                let figure = ParetoFigure.draw "LogLoss" "worst test set" crowd
                Expect.stringContains figure.Caption "down and left is better" "direction"
                Expect.stringContains figure.Caption "beats on both: far" "front"

            testCase "methods without a number are told in the caption, and move neither the others nor the front"
            <| fun () ->
                let lost = [ choice "lost" nan 0.2; choice "endless" 0.3 infinity ]
                let figure = ParetoFigure.draw "NDCG@10" "worst test set" (crowd @ lost)
                let without = ParetoFigure.draw "NDCG@10" "worst test set" crowd

                Expect.equal
                    figure.Caption
                    $"{without.Caption} Not drawn, as a number is missing or infinite: lost, endless."
                    "caption"

                Expect.equal (json figure) (json without) "drawing"
                Expect.hasLength figure.Data.Rows (crowd.Length + 2) "all numbers"

                for missing in [ nan; infinity ] do
                    for count in [ 3; 8 ] do
                        let figure =
                            ParetoFigure.draw
                                "NDCG@10"
                                "worst test set"
                                [ for i in 1..8 -> choice $"m{i}" (if i <= count then missing else 0.1 * float i) 0.2 ]

                        Expect.stringContains figure.Caption "infinite: m1, m2, m3" $"{count} of 8 are {missing}"
        ]
