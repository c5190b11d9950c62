/// Groups of bars with their intervals, from zero.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.BarPanel

open System

let private half (select: RobustMeta.Evaluation.Interval -> float) (bars: BarValue list) =
    [ for bar in bars -> (let x = select bar.Result in if Double.IsFinite x then x else 0.0) ]

let private trace
    (look: FigureStyle.Look)
    (across: bool)
    (single: bool)
    (name: string)
    (bars: BarValue list)
    (x: string)
    (y: string)
    : PlotlyObject.TraceFields =
    let names, values = [ for bar in bars -> InertText.plotly bar.Category ], [ for bar in bars -> bar.Result.Mean ]
    let hasInterval = bars |> List.exists (fun bar -> Double.IsFinite bar.Result.Low)
    let along, other = if across then "y", "x" else "x", "y"

    "bar",
    [
        along, names
        other, values
        "orientation", (if across then "h" else "v")
        "name", InertText.plotly name
        "marker", PlotlyObject.fields [ "color", look.Colour ]
        "showlegend", not single
        if hasInterval then
            $"error_{other}",
            PlotlyObject.fields
                [
                    "type", "data"
                    "symmetric", false
                    "array", half (fun i -> i.High - i.Mean) bars
                    "arrayminus", half (fun i -> i.Mean - i.Low) bars
                    "color", FigureStyle.ink
                    "thickness", 0.9
                    "width", 2
                ]
        "xaxis", x
        "yaxis", y
    ]

let private panel (across: bool) (names: Axis) (values: Axis) (bars: BarValue list) : Panel =
    let places = [ 0.0 .. float (bars |> List.distinctBy _.Category |> List.length) - 1.0 ]
    let series = bars |> List.map _.Series |> List.distinct

    let ends =
        [
            for bar in bars do
                bar.Result.Mean
                bar.Result.Low
                bar.Result.High
        ]
        |> List.filter Double.IsFinite
    // A bar's length is its value: the axis begins at zero.
    let low, high = min 0.0 (List.min ends), max 0.0 (List.max ends)
    let reach = 0.05 * (high - low)

    let values =
        values |> Axis.showing (if low < 0.0 then low - reach else 0.0) (if high > 0.0 then high + reach else 0.0)

    {
        X = if across then values else names
        Y = if across then Axis.fromTop names else values
        Xs = (if across then [] else places)
        Ys = (if across then places else [])
        Traces =
            fun x y ->
                [
                    for look, (name, own) in List.zip (FigureStyle.looks series) (bars |> List.groupBy _.Series) ->
                        trace look across (series.Length = 1) name own x y
                ]
        Labels = []
        Legend = series.Length > 1
    }

/// Bars from left to right, the first category on top: for long names.
let across (names: Axis) (values: Axis) (bars: BarValue list) : Panel = panel true names values bars
