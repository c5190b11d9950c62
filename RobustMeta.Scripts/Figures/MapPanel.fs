/// Cells of a grid, their values as colour and as number.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.MapPanel

open System
open System.Globalization

/// A cell for each pair of names, higher values darker or, where not `isHigherDarker`, lighter; `values[row][column]`, NaN where nothing was measured. `digits` are those after the point.
let draw
    (xAxis: Axis)
    (yAxis: Axis)
    (columns: string list)
    (rows: string list)
    (digits: int)
    (isHigherDarker: bool)
    (values: float list list)
    : Panel =
    let known = values |> List.concat |> List.filter Double.IsFinite
    let low, high = if known.IsEmpty then 0.0, 1.0 else List.min known, List.max known
    let names = List.map InertText.plotly

    let top = if high > low then high else low + 1.0

    let text (x: float) =
        if Double.IsFinite x then
            x.ToString("F" + string digits, CultureInfo.InvariantCulture)
        else
            ""

    let texts: string list list = [ for row in values -> [ for x in row -> text x ] ]
    let steps = if isHigherDarker then FigureStyle.scale else List.rev FigureStyle.scale
    let scale: obj list list = [ for at, colour in steps -> [ (if isHigherDarker then at else 1.0 - at); colour ] ]

    {
        X = xAxis
        Y = yAxis
        Xs = [ 0.0 .. float columns.Length - 1.0 ]
        Ys = [ 0.0 .. float rows.Length - 1.0 ]
        Traces =
            fun x y ->
                [
                    "heatmap",
                    [
                        "x", names columns
                        "y", names rows
                        "z", values
                        "zmin", low
                        "zmax", top
                        "text", texts
                        "texttemplate", "%{text}"
                        "textfont", PlotlyObject.fields [ "size", FigureStyle.smallSize ]
                        "colorscale", scale
                        "showscale", false
                        "xgap", 1
                        "ygap", 1
                        "hoverongaps", false
                        "xaxis", x
                        "yaxis", y
                    ]
                ]
        Labels = []
        Legend = false
    }
