namespace RobustMeta.Scripts

open Plotly.NET

/// One pair of axes and what is drawn in it, before its place in the figure is known.
type Panel =
    internal
        {
            X: Axis
            Y: Axis
            /// All values that the axes must show.
            Xs: float list
            Ys: float list
            /// Traces for the names of the panel's axes in the figure, e.g. `x2` and `y2`.
            Traces: string -> string -> PlotlyObject.TraceFields list
            /// Names at the right end of lines: text, colour and the value where each ends.
            Labels: (string * string * float) list
            /// Names of series that a legend must tell.
            Legend: bool
        }

/// Panels put together to a chart.
[<RequireQualifiedAccess>]
module Panels =
    // Least distance between the middles of two labels.
    [<Literal>]
    let private LabelHeight = 12.5

    // What stands above and below the axes.
    [<Literal>]
    let private Around = 52.0

    /// Moves labels apart until each has its room: positions in pixels, in any order, as near to where they were as a
    /// sweep upwards and one downwards bring them.
    let spread (gap: float) (lowest: float) (highest: float) (positions: float list) : float list =
        let ordered = positions |> List.indexed |> List.sortBy snd

        let up =
            (([], lowest - gap), ordered)
            ||> List.fold (fun (placed, last) (i, p) ->
                let here = max p (last + gap)
                (i, here) :: placed, here)
            |> fst

        // From the top down: nothing above the axis's end.
        (([], highest + gap), up)
        ||> List.fold (fun (placed, last) (i, p) ->
            let here = min p (last - gap)
            (i, here) :: placed, here)
        |> fst
        |> List.sortBy fst
        |> List.map snd

    let private labels (panel: Panel) (low: float, high: float) (height: float) (suffix: string) =
        let room = max 40.0 (FigureStyle.pixels height - Around)
        let pixel y = (Axis.placeOf panel.Y y - low) / (high - low) * room
        let wanted = [ for _, _, y in panel.Labels -> pixel y ]
        let placed = spread LabelHeight 0.0 room wanted

        [
            for (text, colour, _), y in List.zip panel.Labels placed ->
                PlotlyObject.fields
                    [
                        "text", InertText.plotly text
                        "xref", $"x{suffix} domain"
                        "yref", $"y{suffix} domain"
                        "x", 1.0
                        "y", (y / room: float)
                        "xshift", 4
                        "xanchor", "left"
                        "yanchor", "middle"
                        "showarrow", false
                        "font", PlotlyObject.fields [ "size", FigureStyle.fontSize; "color", colour ]
                    ]
        ]

    // Between two panels: the numbers and title of the right one's axis.
    [<Literal>]
    let private Between = 58.0

    // Between two panels that share their names.
    [<Literal>]
    let private SharedBetween = 14.0

    let private labelRoom (panel: Panel) =
        match panel.Labels with
        | [] -> 6.0
        | labels -> 14.0 + (labels |> List.map (fun (text, _, _) -> FigureStyle.textWidth text) |> List.max)

    /// Fractions of the plotting area's width that each panel takes.
    let private domains (width: float) (panels: Panel list) =
        let right = labelRoom (List.last panels)
        let inner = width - 56.0 - right

        let gaps =
            [
                for panel, next in List.pairwise panels ->
                    (if next.Y.IsShared then SharedBetween else Between) + (labelRoom panel - 6.0)
            ]

        let each = (inner - List.sum gaps) / float panels.Length

        let starts =
            (0.0, gaps) ||> List.scan (fun start gap -> start + each + gap) |> List.map (fun start -> start / inner)

        [ for start in starts -> start, min 1.0 (start + each / inner) ]

    /// Panels side by side as one chart.
    let chart (width: FigureWidth) (height: float) (panels: Panel list) : GenericChart =
        let pixels = FigureStyle.pixels (FigureStyle.inches width)
        let places = domains pixels panels

        let parts =
            [
                for i, panel in List.indexed panels ->
                    let suffix = if i = 0 then "" else string (i + 1)
                    let ranges = Axis.range panel.X panel.Xs, Axis.range panel.Y panel.Ys
                    suffix, panel, ranges, places[i]
            ]

        let traces =
            [
                for suffix, panel, _, _ in parts do
                    for kind, fields in panel.Traces $"x{suffix}" $"y{suffix}" do
                        PlotlyObject.trace kind fields
            ]

        let hasLegend = panels |> List.exists _.Legend

        let layout =
            PlotlyObject.layout
                [
                    "width", pixels
                    "height", FigureStyle.pixels height
                    "margin",
                    PlotlyObject.fields
                        [ "l", 46.0; "r", labelRoom (List.last panels); "t", 8.0; "b", 34.0; "pad", 0.0 ]
                    "paper_bgcolor", "white"
                    "plot_bgcolor", "white"
                    "font",
                    PlotlyObject.fields
                        [ "family", FigureStyle.fonts; "size", FigureStyle.fontSize; "color", FigureStyle.ink ]
                    "hovermode", "closest"
                    "bargap", 0.25
                    "bargroupgap", 0.06
                    "showlegend", hasLegend
                    "legend",
                    PlotlyObject.fields
                        [
                            "orientation", "h"
                            "x", 0.0
                            "xanchor", "left"
                            "y", 1.02
                            "yanchor", "bottom"
                            "font", PlotlyObject.fields [ "size", FigureStyle.fontSize ]
                            "itemwidth", 30
                        ]
                    for suffix, panel, (x, y), domain in parts do
                        $"xaxis{suffix}", Axis.plotly panel.X x domain $"y{suffix}"
                        $"yaxis{suffix}", Axis.plotly panel.Y y (0.0, 1.0) $"x{suffix}"
                    "annotations",
                    [
                        for suffix, panel, (_, y), _ in parts do
                            yield! labels panel y height suffix
                    ]
                ]

        GenericChart.ofTraceObjects false traces |> GenericChart.setLayout layout
