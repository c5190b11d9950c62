/// Many points of which the important ones are named beside them, and those far from the others stand at the edge.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.NamedPoints

/// What a point is, from the most important kind.
type Kind =
    /// What the others are compared with.
    | Base
    /// None of the others is better on both axes.
    | Front
    | Other

/// A named point.
type Point = { Name: string; X: float; Y: float; Kind: Kind }

/// Points as they are drawn, and which of them the drawing tells less of than the others.
type Drawn =
    {
        Panel: Panel
        /// Beyond the axes; drawn at the edge.
        Outlying: Point list
        /// For whose names there is no room.
        Unnamed: Point list
    }

// Below, ranges of quarters tell nothing.
[<Literal>]
let private FewestForFences = 6

let private quantile (sorted: float[]) (p: float) =
    let place = p * float (sorted.Length - 1)
    let low = int place
    let next = min (low + 1) (sorted.Length - 1)
    sorted[low] + (place - float low) * (sorted[next] - sorted[low])

/// The values that an axis shows so that a few far ones do not press the others together: those within three times the range of the middle
/// half beyond it (Tukey's outer fences). All of them where none is farther, or where the axis would gain less than half its length.
let shown (values: float list) : float * float =
    let sorted = values |> List.sort |> Array.ofList
    let low, high = sorted[0], sorted[sorted.Length - 1]
    let q1, q3 = quantile sorted 0.25, quantile sorted 0.75
    let within = sorted |> Array.filter (fun x -> x >= q1 - 3.0 * (q3 - q1) && x <= q3 + 3.0 * (q3 - q1))

    if sorted.Length < FewestForFences || q3 <= q1 then
        low, high
    elif high - low > 2.0 * (Array.last within - within[0]) then
        within[0], Array.last within
    else
        low, high

let private symbolOf kind =
    match kind with
    | Base -> "square"
    | Front -> "diamond"
    | Other -> "circle"

// Points away from the axes' middle, to where the point is.
let private arrow (low, high) (p: Point) =
    if p.X > high then "triangle-right-open"
    elif p.X < low then "triangle-left-open"
    else "triangle-down-open"

let private colourOf kind =
    match kind with
    | Base -> FigureStyle.ink
    | Front -> FigureStyle.colour 1
    | Other -> FigureStyle.colour 0

let private nameOf kind =
    match kind with
    | Base -> "compared with"
    | Front -> "Pareto front"
    | Other -> "others"

// Margins around the axes: numbers and titles to the left and below, the legend above.
let private area (width: FigureWidth) (height: float) =
    FigureStyle.pixels (FigureStyle.inches width) - 62.0, FigureStyle.pixels height - 64.0

let private wordWidth (name: string) = FigureStyle.textWidth name * FigureStyle.smallSize / FigureStyle.fontSize

// Where a word is fixed and on which side of that place it stands: at the end of its line, so that it touches it however long the word turns
// out, unless the line ends within a side of the word's room.
let private anchor (width: float) (at: LabelPlaces.Place) =
    let across, upwards = fst at.Middle - fst at.LineEnd, snd at.Middle - snd at.LineEnd
    let vertical = if upwards > 0.0 then "top" else "bottom"
    let horizontal = if across > 0.0 then "right" else "left"

    if abs upwards < 5.9 then at.LineEnd, $"middle {horizontal}"
    elif abs across < 1.0 then at.LineEnd, $"{vertical} center"
    elif abs across > width / 2.0 - 1.0 then at.LineEnd, $"{vertical} {horizontal}"
    else at.Middle, "middle center"

/// Points in a figure of a size.
let draw (size: FigureWidth) (height: float) (xAxis: Axis) (yAxis: Axis) (points: Point list) : Drawn =
    let xRange, yRange = shown [ for p in points -> p.X ], shown [ for p in points -> p.Y ]
    // Words stand at the outermost points too.
    let roomy part (low, high) = let more = part * max 1e-9 (high - low) in low - more, high + more
    let (left, right), (low, high) = roomy 0.1 xRange, roomy 0.12 yRange
    let clamp (a, b) x = max a (min b x)
    let isOutlying p = p.X <> clamp xRange p.X || p.Y <> clamp yRange p.Y

    let place p =
        (if isOutlying p then
             clamp (left, right) p.X, clamp (low, high) p.Y
         else
             p.X, p.Y)

    let upwards p = if p.Y > snd yRange then "triangle-up-open" else arrow xRange p

    let title p =
        if isOutlying p then
            $"{p.Name} ({CellText.number 3 p.X}, {CellText.number 3 p.Y})"
        else
            p.Name

    let width, height = area size height
    let pixel (x, y) = (x - left) / (right - left) * width, (y - low) / (high - low) * height
    let value (x, y) = left + x / width * (right - left), low + y / height * (high - low)

    let ordered = points |> List.sortBy (fun p -> (if isOutlying p then 1 else 0), p.Kind)

    let words =
        LabelPlaces.place
            width
            height
            [ for p in points -> pixel (place p) ]
            [
                for p in ordered ->
                    {
                        Point = pixel (place p)
                        Width = wordWidth (title p)
                        Reach = if p.Kind = Other && not (isOutlying p) then 24.0 else 94.0
                    }
            ]
        |> List.zip ordered

    let named =
        [
            for p, found in words do
                match found with
                | Some at -> p, at
                | None -> ()
        ]

    let trace name symbol own x y : PlotlyObject.TraceFields list =
        match own with
        | [] -> []
        | own ->
            [
                "scatter",
                [
                    "x", [ for p in own -> fst (place p) ]
                    "y", [ for p in own -> snd (place p) ]
                    "text", [ for p in own -> InertText.plotly p.Name ]
                    "mode", "markers"
                    "name", name
                    "marker",
                    PlotlyObject.fields
                        [
                            "color", [ for p in own -> colourOf p.Kind ]
                            "size", 7
                            "symbol", [ for p in own -> symbol p ]
                        ]
                    "showlegend", true
                    "cliponaxis", false
                    "xaxis", x
                    "yaxis", y
                ]
            ]

    // From points to the words that stand away from them.
    let leaders x y : PlotlyObject.TraceFields =
        let along select =
            [
                for p, at in named do
                    box (select (place p))
                    box (select (value at.LineEnd))
                    // Nothing between two lines.
                    null
            ]

        "scatter",
        [
            "x", along fst
            "y", along snd
            "mode", "lines"
            "line", PlotlyObject.fields [ "color", "#bbbbbb"; "width", 0.7 ]
            "hoverinfo", "skip"
            "showlegend", false
            "xaxis", x
            "yaxis", y
        ]

    let anchors = [ for p, at in named -> anchor (wordWidth (title p)) at ]

    let names x y : PlotlyObject.TraceFields =
        "scatter",
        [
            "x", [ for place, _ in anchors -> fst (value place) ]
            "y", [ for place, _ in anchors -> snd (value place) ]
            "text", [ for p, _ in named -> InertText.plotly (title p) ]
            "mode", "text"
            "textposition", [ for _, side in anchors -> side ]
            "textfont",
            PlotlyObject.fields [ "size", FigureStyle.smallSize; "color", [ for p, _ in named -> colourOf p.Kind ] ]
            "hoverinfo", "skip"
            "showlegend", false
            "cliponaxis", false
            "xaxis", x
            "yaxis", y
        ]

    {
        Panel =
            {
                X = xAxis |> Axis.showing left right
                Y = yAxis |> Axis.showing low high
                Xs = [ left; right ]
                Ys = [ low; high ]
                Traces =
                    fun x y ->
                        [
                            leaders x y
                            for kind in [ Base; Front; Other ] do
                                let isOwn p = p.Kind = kind && not (isOutlying p)
                                yield! trace (nameOf kind) (fun p -> symbolOf p.Kind) (List.filter isOwn points) x y
                            yield! trace "beyond the axes" upwards (List.filter isOutlying points) x y
                            names x y
                        ]
                Labels = []
                Legend = true
            }
        Outlying = List.filter isOutlying points
        Unnamed =
            [
                for p, found in words do
                    if found.IsNone then
                        p
            ]
    }
