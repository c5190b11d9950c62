/// Points that are not joined, or joined in the order in which they come; and histograms.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.PointPanel

let private sides =
    [
        "top center", (0.0, 1.0)
        "bottom center", (0.0, -1.0)
        "middle right", (1.0, 0.0)
        "middle left", (-1.0, 0.0)
    ]

let private cosine (a: float, b: float) (c: float, d: float) =
    let length = sqrt ((a * a + b * b) * (c * c + d * d))
    if length > 0.0 then (a * c + b * d) / length else -1.0

/// Where the word of a point stands: away from the lines that lead from it, whose directions are given in lengths of the axes.
/// Where several sides do, those of different series differ.
let private side (series: int) (lines: (float * float) list) =
    let hidden (_, direction) = lines |> List.map (cosine direction) |> List.fold max -1.0
    let order = if series % 2 = 0 then sides else (sides[1] :: sides[0] :: List.skip 2 sides)
    order |> List.minBy (fun place -> round (100.0 * hidden place)) |> fst

// About the pixels of an axis of a figure of one column.
[<Literal>]
let private AxisLength = 240.0

/// Points of one name, with a short word beside each (empty: none).
type Points = { Name: string; Places: (float * float * string) list }

/// Points of each name in its colour; `joined` draws a line through them.
let draw (xAxis: Axis) (yAxis: Axis) (joined: bool) (groups: Points list) : Panel =
    let all = groups |> List.collect _.Places
    let many = all.Length > 200
    let hasWords = all |> List.exists (fun (_, _, word) -> word <> "")

    // Of the axis's length, half of the longest word.
    let wordMargin =
        let longest = all |> List.map (fun (_, _, word) -> FigureStyle.textWidth word) |> List.fold max 0.0
        min 0.4 (0.5 * longest / AxisLength)

    // Room for the words at the outermost points.
    let roomy (margin: float) (values: float list) =
        if hasWords && not values.IsEmpty then
            let low, high = List.min values, List.max values
            (low - margin * (high - low)) :: (high + margin * (high - low)) :: values
        else
            values

    let span (values: float list) = if values.IsEmpty then 1.0 else max 1e-300 (List.max values - List.min values)
    let width, height = span [ for x, _, _ in all -> x ], span [ for _, y, _ in all -> y ]

    let positions series (group: Points) =
        let places = [| for x, y, _ in group.Places -> x / width, y / height |]

        [
            for i, (x, y) in Array.indexed places ->
                let neighbours =
                    if joined then
                        [ i - 1; i + 1 ] |> List.filter (fun j -> j >= 0 && j < places.Length)
                    else
                        []

                side series [ for j in neighbours -> fst places[j] - x, snd places[j] - y ]
        ]

    {
        X = xAxis
        Y = yAxis
        Xs = roomy wordMargin [ for x, _, _ in all -> x ]
        Ys = roomy 0.1 [ for _, y, _ in all -> y ]
        Traces =
            fun xName yName ->
                [
                    for i, group in List.indexed groups ->
                        let words = group.Places |> List.exists (fun (_, _, word) -> word <> "")
                        let line = if joined then "lines+markers" else "markers"
                        let mode = if words then line + "+text" else line

                        "scatter",
                        [
                            "x", [ for x, _, _ in group.Places -> x ]
                            "y", [ for _, y, _ in group.Places -> y ]
                            "text", [ for _, _, word in group.Places -> InertText.plotly word ]
                            "mode", mode
                            "textposition", positions i group
                            "textfont",
                            PlotlyObject.fields [ "size", FigureStyle.smallSize; "color", FigureStyle.colour i ]
                            "name", InertText.plotly group.Name
                            "line", PlotlyObject.fields [ "color", FigureStyle.colour i; "width", 1.2 ]
                            "marker",
                            PlotlyObject.fields
                                [
                                    "color", FigureStyle.colour i
                                    "size", (if many then 3 else 6)
                                    "opacity", (if many then 0.45 else 1.0)
                                    "symbol", FigureStyle.symbol i
                                ]
                            "showlegend", groups.Length > 1
                            "cliponaxis", false
                            "xaxis", xName
                            "yaxis", yName
                        ]
                ]
        Labels = []
        Legend = groups.Length > 1
    }

/// How many values fall into each of equal steps, as bars without gaps.
let histogram (xAxis: Axis) (yAxis: Axis) (bins: (float * int) list) : Panel =
    let xs, counts = [ for x, _ in bins -> x ], [ for _, n in bins -> float n ]

    {
        X = xAxis
        Y = yAxis |> Axis.showing 0.0 (1.06 * List.max counts)
        Xs = xs
        Ys = counts
        Traces =
            fun x y ->
                [
                    "scatter",
                    [
                        "x", xs
                        "y", counts
                        "mode", "lines"
                        "line", PlotlyObject.fields [ "shape", "hvh"; "color", FigureStyle.colour 0; "width", 1.2 ]
                        "fill", "tozeroy"
                        "fillcolor", FigureStyle.faint 0.3 (FigureStyle.colour 0)
                        "showlegend", false
                        "xaxis", x
                        "yaxis", y
                    ]
                ]
        Labels = []
        Legend = false
    }

/// The values of each name on a line of its own.
let overNames (values: Axis) (names: Axis) (groups: (string * float list) list) : Panel =
    {
        X = values
        Y = names
        Xs = List.collect snd groups
        Ys = [ 0.0 .. float groups.Length - 1.0 ]
        Traces =
            fun x y ->
                [
                    for i, (name, own) in List.indexed groups ->
                        "scatter",
                        [
                            "x", own
                            "y", [ for _ in own -> InertText.plotly name ]
                            "mode", "markers"
                            "marker",
                            PlotlyObject.fields
                                [
                                    "color", FigureStyle.colour i
                                    "size", 7
                                    "opacity", 0.85
                                    "symbol", FigureStyle.symbol i
                                ]
                            "showlegend", false
                            "xaxis", x
                            "yaxis", y
                        ]
                ]
        Labels = []
        Legend = false
    }
