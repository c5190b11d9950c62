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

// And of a line of words.
[<Literal>]
let private WordHeight = 11.0

/// The corners of a word beside a point, in pixels.
let private box (x: float, y: float) side word =
    let width = FigureStyle.textWidth word

    match side with
    | "top center" -> x - width / 2.0, y + 4.0, x + width / 2.0, y + 4.0 + WordHeight
    | "bottom center" -> x - width / 2.0, y - 4.0 - WordHeight, x + width / 2.0, y - 4.0
    | "middle right" -> x + 5.0, y - WordHeight / 2.0, x + 5.0 + width, y + WordHeight / 2.0
    | _ -> x - 5.0 - width, y - WordHeight / 2.0, x - 5.0, y + WordHeight / 2.0

let private overlap (a, b, c, d) (e, f, g, h) : bool = a < g && e < c && b < h && f < d

/// The words that can stand without covering one another: those at the ends of a line first. The others are empty.
let private legible (points: ((float * float) * string * string) list list) : string list list =
    let rank count i = if i = 0 || i = count - 1 then 0 else 1

    let order =
        [
            for g, own in List.indexed points do
                for i in 0 .. own.Length - 1 -> rank own.Length i, g, i
        ]
        |> List.sort

    let _, kept =
        (([], Set.empty), order)
        ||> List.fold (fun (boxes, kept) (_, g, i) ->
            let place, side, word = points[g][i]
            let own = box place side word

            if word = "" || List.exists (overlap own) boxes then
                boxes, kept
            else
                own :: boxes, Set.add (g, i) kept)

    [
        for g, own in List.indexed points ->
            [ for i, (_, _, word) in List.indexed own -> if kept.Contains(g, i) then word else "" ]
    ]

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

    let looks = groups |> List.map _.Name |> FigureStyle.looks
    let sidesOf = [ for i, group in List.indexed groups -> positions i group ]

    let words =
        legible
            [
                for group, sides in List.zip groups sidesOf ->
                    [
                        for (x, y, word), side in List.zip group.Places sides ->
                            // An axis upwards is shorter, by the usual shape of a figure.
                            (x / width * AxisLength, y / height * 0.7 * AxisLength), side, word
                    ]
            ]

    {
        X = xAxis
        Y = yAxis
        Xs = roomy wordMargin [ for x, _, _ in all -> x ]
        Ys = roomy 0.1 [ for _, y, _ in all -> y ]
        Traces =
            fun xName yName ->
                [
                    for i, (look, group) in List.indexed (List.zip looks groups) ->
                        let line = if joined then "lines+markers" else "markers"
                        let mode = if words[i] |> List.exists ((<>) "") then line + "+text" else line

                        "scatter",
                        [
                            "x", [ for x, _, _ in group.Places -> x ]
                            "y", [ for _, y, _ in group.Places -> y ]
                            "text", [ for word in words[i] -> InertText.plotly word ]
                            "mode", mode
                            "textposition", sidesOf[i]
                            "textfont", PlotlyObject.fields [ "size", FigureStyle.smallSize; "color", look.Colour ]
                            "name", InertText.plotly group.Name
                            "line", PlotlyObject.fields [ "color", look.Colour; "width", 1.2 ]
                            "marker",
                            PlotlyObject.fields
                                [
                                    "color", look.Colour
                                    "size", (if many then 3 else 6)
                                    "opacity", (if many then 0.45 else 1.0)
                                    "symbol", look.Symbol
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
                    for look, (name, own) in List.zip (FigureStyle.looks (List.map fst groups)) groups ->
                        "scatter",
                        [
                            "x", own
                            "y", [ for _ in own -> InertText.plotly name ]
                            "mode", "markers"
                            "marker",
                            PlotlyObject.fields
                                [ "color", look.Colour; "size", 7; "opacity", 0.85; "symbol", look.Symbol ]
                            "showlegend", false
                            "xaxis", x
                            "yaxis", y
                        ]
                ]
        Labels = []
        Legend = false
    }
