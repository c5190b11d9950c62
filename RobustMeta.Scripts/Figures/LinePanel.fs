/// Lines of measured points, with bands for their intervals.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.LinePanel

open System

// More lines, or longer names, have no room beside the axes.
[<Literal>]
let private MostLabels = 6

[<Literal>]
let private LongestLabel = 18

let private band (colour: string) (points: LinePoint list) (x: string) (y: string) : PlotlyObject.TraceFields list =
    let known = points |> List.filter (fun p -> Double.IsFinite p.Result.Low && Double.IsFinite p.Result.High)

    if known.Length < 2 then
        []
    else
        let forth, back = known, List.rev known

        [
            "scatter",
            [
                "x", [ for p in forth @ back -> p.X ]
                "y", [ for p in forth -> p.Result.High ] @ [ for p in back -> p.Result.Low ]
                "mode", "lines"
                "fill", "toself"
                "fillcolor", FigureStyle.faint 0.16 colour
                "line", PlotlyObject.fields [ "width", 0; "color", colour ]
                "hoverinfo", "skip"
                "showlegend", false
                "xaxis", x
                "yaxis", y
            ]
        ]

let private line
    (look: FigureStyle.Look)
    (name: string)
    (dash: string)
    (inLegend: bool)
    (points: LinePoint list)
    (x: string)
    (y: string)
    : PlotlyObject.TraceFields =
    "scatter",
    [
        "x", [ for p in points -> p.X ]
        "y", [ for p in points -> p.Result.Mean ]
        "name", InertText.plotly name
        "mode", (if dash = "solid" && points.Length <= 25 then "lines+markers" else "lines")
        "line", PlotlyObject.fields [ "color", look.Colour; "width", 1.5; "dash", dash ]
        "marker", PlotlyObject.fields [ "color", look.Colour; "size", 5; "symbol", look.Symbol ]
        "showlegend", inLegend
        "legendgroup", $"{look.Colour} {look.Dash}"
        "xaxis", x
        "yaxis", y
    ]

/// Whether the names of lines stand at the lines' right ends.
let private isDirect (xAxis: Axis) (lines: (string * LinePoint list) list) =
    let ends = lines |> List.map (fun (_, points) -> (List.last points).X)

    lines.Length <= MostLabels
    && lines |> List.forall (fun (name, _) -> name.Length <= LongestLabel)
    && List.forall ((=) ends.Head) ends
    && xAxis.Scale <> Named

let private ofNamed
    (tells: bool)
    (xAxis: Axis)
    (yAxis: Axis)
    (groups: (FigureStyle.Look * string * string * LinePoint list) list)
    : Panel =
    let ordered (points: LinePoint list) = points |> List.sortBy (fun p -> p.X)
    let groups = [ for look, name, dash, points in groups -> look, name, dash, ordered points ]
    let named = [ for _, name, _, points in groups -> name, points ]
    let told = named |> List.filter (fun (name, _) -> name <> "")
    let tells = tells && told.Length > 1
    let direct = isDirect xAxis named

    let all: LinePoint list = groups |> List.collect (fun (_, _, _, points) -> points)

    {
        X = xAxis
        Y = yAxis
        Xs = [ for p in all -> p.X ]
        Ys =
            [
                for p in all do
                    p.Result.Mean
                    p.Result.Low
                    p.Result.High
            ]
        Traces =
            fun x y ->
                [
                    for look, _, _, points in groups do
                        yield! band look.Colour points x y
                    for look, name, dash, points in groups do
                        line look name dash (tells && not direct && name <> "") points x y
                ]
        Labels =
            [
                if tells && direct then
                    for look, name, _, points in groups do
                        if name <> "" then
                            name, look.Colour, (List.last points).Result.Mean
            ]
        Legend = tells && not direct
    }

/// A line for each group of look, name, stroke and points, points from left to right. Names stand at the lines' ends where
/// there is room, in a legend otherwise; a line without a name is a bound beside a measurement of the same colour.
let ofGroups (xAxis: Axis) (yAxis: Axis) (groups: (FigureStyle.Look * string * string * LinePoint list) list) : Panel =
    ofNamed true xAxis yAxis groups

/// The same without names: another panel of the figure tells them.
let ofGroupsUnnamed
    (xAxis: Axis)
    (yAxis: Axis)
    (groups: (FigureStyle.Look * string * string * LinePoint list) list)
    : Panel =
    ofNamed false xAxis yAxis groups

/// The same for one line a name.
let draw (xAxis: Axis) (yAxis: Axis) (points: LinePoint list) : Panel =
    let lines = points |> List.groupBy _.Line
    let looks = lines |> List.map fst |> FigureStyle.looks

    [ for look, (name, own) in List.zip looks lines -> look, name, look.Dash, own ] |> ofGroups xAxis yAxis
