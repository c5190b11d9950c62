/// Groups of points with their intervals: what a bar would show, where its length from zero would hide how results differ.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.DotPanel

open System

// Of the distance between two groups, what the points of one take.
[<Literal>]
let private GroupWidth = 0.7

let private half (select: RobustMeta.Evaluation.Interval -> float) (values: BarValue list) =
    [ for v in values -> (let x = select v.Result in if Double.IsFinite x then x else 0.0) ]

let private trace
    (across: bool)
    (place: BarValue -> float)
    (look: FigureStyle.Look)
    (single: bool)
    (name: string)
    (own: BarValue list)
    (x: string)
    (y: string)
    : PlotlyObject.TraceFields =
    let along, other = if across then "y", "x" else "x", "y"

    "scatter",
    [
        along, List.map place own
        other, [ for v in own -> v.Result.Mean ]
        "mode", "markers"
        "name", InertText.plotly name
        "text", [ for v in own -> InertText.plotly v.Category ]
        "marker", PlotlyObject.fields [ "color", look.Colour; "size", 7; "symbol", look.Symbol ]
        "showlegend", not single
        if own |> List.exists (fun v -> Double.IsFinite v.Result.Low) then
            $"error_{other}",
            PlotlyObject.fields
                [
                    "type", "data"
                    "symmetric", false
                    "array", half (fun i -> i.High - i.Mean) own
                    "arrayminus", half (fun i -> i.Mean - i.Low) own
                    "color", look.Colour
                    "thickness", 1.2
                    "width", 2
                ]
        "xaxis", x
        "yaxis", y
    ]

let private panel (across: bool) (names: Axis) (values: Axis) (all: BarValue list) : Panel =
    let categories = all |> List.map _.Category |> List.distinct
    let series = all |> List.map _.Series |> List.distinct
    let step = GroupWidth / float series.Length

    let place (v: BarValue) =
        let series = float (List.findIndex ((=) v.Series) series) - float (series.Length - 1) / 2.0
        float (List.findIndex ((=) v.Category) categories) + step * series

    let names = Axis.labelled categories names
    let places = [ 0.0 .. float categories.Length - 1.0 ]

    let ends =
        [
            for v in all do
                v.Result.Mean
                v.Result.Low
                v.Result.High
        ]

    {
        X = if across then values else names
        Y = if across then Axis.fromTop names else values
        Xs = if across then ends else places
        Ys = if across then places else ends
        Traces =
            fun x y ->
                [
                    for look, name in List.zip (FigureStyle.looks series) series do
                        trace
                            across
                            place
                            look
                            (series.Length = 1)
                            name
                            (all |> List.filter (fun v -> v.Series = name))
                            x
                            y
                ]
        Labels = []
        Legend = series.Length > 1
    }

/// Categories side by side, a colour and a marker for each series.
let upright (names: Axis) (values: Axis) (all: BarValue list) : Panel = panel false names values all

/// Categories one below the other, the first on top: for long names.
let across (names: Axis) (values: Axis) (all: BarValue list) : Panel = panel true names values all
