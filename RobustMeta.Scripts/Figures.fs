/// Figures of results. Each is a Plotly chart; pages share one copy of plotly.js, written beside them.
module RobustMeta.Scripts.Figures

open System.IO
open System.Net
open Plotly.NET
open Plotly.NET.LayoutObjects

/// A mean with its confidence interval at one place of the x axis.
type Point = { X: float; Mean: float; Low: float; High: float }

/// One line of a figure.
type Series = { Name: string; Points: Point list }

// Okabe and Ito's palette: told apart with the common forms of colour blindness, and in print.
let private palette = [| "#0072B2"; "#D55E00"; "#009E73"; "#CC79A7"; "#E69F00"; "#56B4E9"; "#000000"; "#999999" |]

let private symbols =
    [|
        StyleParam.MarkerSymbol.Circle
        StyleParam.MarkerSymbol.Square
        StyleParam.MarkerSymbol.Diamond
        StyleParam.MarkerSymbol.TriangleUp
        StyleParam.MarkerSymbol.Cross
        StyleParam.MarkerSymbol.X
        StyleParam.MarkerSymbol.TriangleDown
        StyleParam.MarkerSymbol.Star
    |]

let private axis (title: string) =
    LinearAxis.init (
        Title = Title.init title,
        ShowLine = true,
        LineColor = Color.fromString "#444444",
        GridColor = Color.fromString "#e6e6e6",
        ZeroLine = false,
        Ticks = StyleParam.TickOptions.Outside
    )

/// A point without an interval.
let point x y = { X = x; Mean = y; Low = y; High = y }

let private look =
    Layout.init (
        PaperBGColor = Color.fromString "white",
        PlotBGColor = Color.fromString "white",
        Font = Font.init (Family = StyleParam.FontFamily.Arial, Size = 14.0)
    )

/// Lines with both axes logarithmic: a power law is straight. Lines come in pairs of one colour, a measured one and, dashed,
/// the one that it is compared with.
let logLog (title: string) (x: string) (y: string) (series: Series list) =
    let logarithmic (axis: LinearAxis) = axis |> LinearAxis.style (AxisType = StyleParam.AxisType.Log)

    series
    |> List.mapi (fun i s ->
        let colour = Color.fromString palette[i / 2 % palette.Length]

        Chart.Line(
            x = [ for p in s.Points -> p.X ],
            y = [ for p in s.Points -> p.Mean ],
            Name = s.Name,
            ShowMarkers = (i % 2 = 0),
            LineColor = colour,
            LineWidth = 2.0,
            LineDash =
                (if i % 2 = 0 then
                     StyleParam.DrawingStyle.Solid
                 else
                     StyleParam.DrawingStyle.Dash),
            MarkerColor = colour,
            MarkerSymbol = symbols[i / 2 % symbols.Length]
        ))
    |> Chart.combine
    |> Chart.withTitle title
    |> Chart.withXAxis (logarithmic (axis x))
    |> Chart.withYAxis (logarithmic (axis y))
    |> Chart.withLayout look
    |> Chart.withSize (900, 540)

/// A metric against the strength of the shift, one line per method, bars for the confidence intervals. Methods stand
/// a little apart, so that their bars can be told from each other.
let metricAgainstShift (title: string) (shift: string) (metric: string) (series: Series list) =
    let apart = 0.03
    let centre = float (series.Length - 1) / 2.0

    series
    |> List.mapi (fun i s ->
        let colour = Color.fromString palette[i % palette.Length]

        Chart.Line(
            x = [ for p in s.Points -> p.X + apart * (float i - centre) ],
            y = [ for p in s.Points -> p.Mean ],
            Name = s.Name,
            ShowMarkers = true,
            LineColor = colour,
            LineWidth = 2.0,
            MarkerColor = colour,
            MarkerSymbol = symbols[i % symbols.Length]
        )
        |> Chart.withYErrorStyle (
            Symmetric = false,
            Array = [ for p in s.Points -> p.High - p.Mean ],
            Arrayminus = [ for p in s.Points -> p.Mean - p.Low ],
            Color = colour,
            Thickness = 1.2,
            Width = 4.0
        ))
    |> Chart.combine
    |> Chart.withTitle title
    |> Chart.withXAxis (axis $"shift {Tables.axisLabel shift} of the test set")
    |> Chart.withYAxis (axis $"{metric} (mean over users, 95 %% interval)")
    |> Chart.withLayout look
    |> Chart.withSize (900, 540)

[<Literal>]
let private Library = "plotly-2.28.0.min.js"

let private writeLibraryBeside (page: string) =
    let target = Path.Combine(FileInfo(page).Directory |> nonNull |> _.FullName, Library)

    if not (File.Exists target) then
        match typeof<GenericChart>.Assembly.GetManifestResourceStream $"Plotly.NET.{Library}" with
        | null -> failwith $"Plotly.NET does not hold {Library}: adjust the name to its version."
        | resource ->
            use resource = resource
            use file = File.Create target
            resource.CopyTo file

/// Writes a chart as an HTML page that works without a network.
let saveHtml (page: string) (title: string) (chart: GenericChart) =
    writeLibraryBeside page
    // A closing tag inside a string of the figure would end the script element.
    let json = (GenericChart.toFigureJson chart).Replace("</", "<\\/")

    File.WriteAllText(
        page,
        $"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{WebUtility.HtmlEncode title}</title>
<script src="{Library}"></script>
</head>
<body>
<div id="figure"></div>
<script>
const figure = {json};
Plotly.newPlot("figure", figure.data, figure.layout, {{ responsive: true, displaylogo: false }});
</script>
</body>
</html>
"""
    )
