/// Cells of a grid, their values as colour and as number; drawn as shapes, so that they stay sharp in print.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.MapPanel

open System
open System.Globalization

// Half the width of a cell: a thin line stays between two.
[<Literal>]
let private Half = 0.49

let private square (column: int, row: int, height: float) (x: string) (y: string) : PlotlyObject.TraceFields =
    let across, up = float column, float row

    "scatter",
    [
        "x", [ across - Half; across + Half; across + Half; across - Half; across - Half ]
        "y", [ up - Half; up - Half; up + Half; up + Half; up - Half ]
        "mode", "lines"
        "line", PlotlyObject.fields [ "width", 0; "color", FigureStyle.shade height ]
        "fill", "toself"
        "fillcolor", FigureStyle.shade height
        "hoverinfo", "skip"
        "showlegend", false
        "xaxis", x
        "yaxis", y
    ]

/// A darkness that rises from the lowest of the values to the highest.
let rising (values: float list list) : float -> float =
    match values |> List.concat |> List.filter Double.IsFinite with
    | [] -> fun _ -> 0.5
    | known ->
        let low, high = List.min known, List.max known
        fun value -> if high > low then (value - low) / (high - low) else 0.5

/// A number with so many digits after the point.
let fixedText (digits: int) (x: float) = x.ToString("F" + string digits, CultureInfo.InvariantCulture)

/// A cell for each pair of names, as dark as `darkness` says of its value, 0 to 1; `values[row][column]`, NaN where nothing was
/// measured. `text` writes a value.
let draw
    (xAxis: Axis)
    (yAxis: Axis)
    (columns: string list)
    (rows: string list)
    (text: float -> string)
    (darkness: float -> float)
    (values: float list list)
    : Panel =
    let cells =
        [
            for r, row in List.indexed values do
                for c, value in List.indexed row do
                    if Double.IsFinite value then
                        c, r, value
        ]

    let numbers (x: string) (y: string) : PlotlyObject.TraceFields =
        "scatter",
        [
            "x", [ for c, _, _ in cells -> c ]
            "y", [ for _, r, _ in cells -> r ]
            "text", [ for _, _, value in cells -> text value ]
            "mode", "text"
            "textfont", PlotlyObject.fields [ "size", FigureStyle.smallSize; "color", "#000000" ]
            "hoverinfo", "text"
            "showlegend", false
            "xaxis", x
            "yaxis", y
        ]

    {
        X = Axis.labelled columns xAxis
        Y = Axis.labelled rows yAxis
        Xs = [ 0.0 .. float columns.Length - 1.0 ]
        Ys = [ 0.0 .. float rows.Length - 1.0 ]
        Traces =
            fun x y ->
                [
                    for c, r, value in cells do
                        square (c, r, darkness value) x y
                    numbers x y
                ]
        Labels = []
        Legend = false
    }
