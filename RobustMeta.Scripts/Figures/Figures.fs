/// Figures of lines by the names that scripts of 0.1.0 use; new ones are made by the modules beside this one.
module RobustMeta.Scripts.Figures

open RobustMeta.Evaluation

/// A mean with its confidence interval at one place of the x axis.
type Point = { X: float; Mean: float; Low: float; High: float }

/// One line of a figure.
type Series = { Name: string; Points: Point list }

/// A point without an interval.
let point x y = { X = x; Mean = y; Low = y; High = y }

let private points (series: Series list) : LinePoint list =
    [
        for s in series do
            for p in s.Points do
                { Line = s.Name; X = p.X; Result = Interval(p.Mean, p.Low, p.High, 1) }
    ]

let private chart (figure: Figure) : Plotly.NET.GenericChart =
    match figure.Drawing with
    | Plot chart -> chart
    | Vector _ -> invalidOp "a figure of lines is a chart"

/// A metric against the strength of the shift, one line per method, bands for the confidence intervals.
let metricAgainstShift
    (title: string)
    (shift: string)
    (metric: string)
    (series: Series list)
    : Plotly.NET.GenericChart =
    chart (
        LineFigure.draw
            {
                Name = title
                Title = title
                Caption = ""
                Width = TwoColumns
                X = Axis.linear $"shift {Tables.axisLabel shift} of the test set"
                Y = Axis.linear metric
                LineColumn = "method"
                Uncertainty = None
            }
            (points series)
    )

/// Writes a chart as an HTML page that works without a network.
let saveHtml (page: string) (title: string) (chart: Plotly.NET.GenericChart) = FigurePage.saveChart page title "" chart
