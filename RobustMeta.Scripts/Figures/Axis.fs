namespace RobustMeta.Scripts

open System
open System.Globalization

/// How an axis maps values to places.
type AxisScale =
    | Linear
    | Logarithmic
    /// Names in the order in which they come.
    | Named

/// An axis of a figure.
type Axis =
    {
        Title: string
        Scale: AxisScale
        /// Shown values; None: as far as the data go.
        Shown: (float * float) option
        /// Places of the ticks; empty: chosen by the library.
        Ticks: float list
        /// Whether the first name stands on top.
        FromTop: bool
        /// Names at 0, 1, 2 …, where the places of what is drawn are numbers.
        Labels: string list
        /// Whether the panel to the left shows the same names, which are then not repeated.
        IsShared: bool
    }

/// Axes by what they show.
[<RequireQualifiedAccess>]
module Axis =
    let private axis scale title =
        {
            Title = title
            Scale = scale
            Shown = None
            Ticks = []
            FromTop = false
            Labels = []
            IsShared = false
        }

    /// Equal steps.
    let linear (title: string) = axis Linear title

    /// Equal ratios.
    let logarithmic (title: string) = axis Logarithmic title

    /// Names.
    let named (title: string) = axis Named title

    /// With these values shown.
    let showing (low: float) (high: float) (axis: Axis) = { axis with Shown = Some(low, high) }

    /// With ticks at these values.
    let ticksAt (values: float list) (axis: Axis) = { axis with Ticks = List.sort (List.distinct values) }

    /// With the first name on top.
    let fromTop (axis: Axis) = { axis with FromTop = true }

    /// With names at 0, 1, 2 …
    let labelled (names: string list) (axis: Axis) = { axis with Labels = names }

    /// With the names of the panel to the left.
    let shared (axis: Axis) = { axis with IsShared = true }

    /// A number at a tick: short, never a long row of zeros.
    let tickText (x: float) =
        if x <> 0.0 && (abs x < 1e-3 || abs x >= 1e5) then
            let exponent = int (floor (log10 (abs x)))
            let factor = x / 10.0 ** float exponent
            let power = $"10<sup>{exponent}</sup>"
            let times = factor.ToString("0.##", CultureInfo.InvariantCulture)
            if times = "1" then power else $"{times}·{power}"
        else
            x.ToString("0.#####", CultureInfo.InvariantCulture).Replace("-", "−")

    let private place (axis: Axis) (x: float) = if axis.Scale = Logarithmic then log10 x else x

    /// Where a value stands, in the units of the axis.
    let placeOf (axis: Axis) (x: float) = place axis x

    /// The shown range in the units of the axis: as given, or what the values fill with a margin around them.
    let range (axis: Axis) (values: float seq) =
        match axis.Shown with
        | Some(low, high) -> place axis low, place axis high
        | None ->
            let finite = values |> Seq.map (place axis) |> Seq.filter Double.IsFinite |> Seq.toList

            match finite with
            | [] -> 0.0, 1.0
            | _ when axis.Scale = Named ->
                // Names stand at whole numbers.
                let low, high = List.min finite - 0.5, List.max finite + 0.5
                if axis.FromTop then high, low else low, high
            | _ ->
                let low, high = List.min finite, List.max finite
                let margin = if high > low then 0.06 * (high - low) else max 0.05 (0.05 * abs high)
                low - margin, high + margin

    // Ticks of an axis in equal ratios: 1, 2 and 5 of each power of ten where few powers are shown, else the powers.
    let private ticksOf (axis: Axis) (low: float) (high: float) =
        if not axis.Ticks.IsEmpty || axis.Scale <> Logarithmic then
            axis.Ticks
        else
            let factors = if high - low < 2.5 then [ 1.0; 2.0; 5.0 ] else [ 1.0 ]

            [
                for power in int (floor low) .. int (ceil high) do
                    for factor in factors do
                        let x = factor * 10.0 ** float power

                        if log10 x >= low && log10 x <= high then
                            x
            ]

    // Numbers between whole ones have the digits that the step between ticks needs, all the same.
    let private fixedDigits =
        [
            for digits in 1..6 ->
                let least = 10.0 ** float -digits

                PlotlyObject.fields [ "dtickrange", [ 0.99 * least; 9.9 * least ]; "value", $".{digits}f" ]
        ]

    /// The axis in plotly's terms over a part of the figure's width.
    let internal plotly (axis: Axis) (low: float, high: float) (domain: float * float) (anchor: string) =
        let names = List.map InertText.plotly axis.Labels
        let places = List.init axis.Labels.Length id
        let font size = PlotlyObject.fields [ "size", size; "color", FigureStyle.ink ]

        PlotlyObject.fields
            [
                "title",
                PlotlyObject.fields
                    [ "text", InertText.plotly axis.Title; "font", font FigureStyle.fontSize; "standoff", 5.0 ]
                "type",
                (match axis.Scale with
                 | Linear -> "linear"
                 | Logarithmic -> "log"
                 | Named when axis.Labels.IsEmpty -> "category"
                 | Named -> "linear")
                "range", [ low; high ]
                match ticksOf axis low high with
                | [] when axis.Labels.IsEmpty -> ()
                | [] ->
                    "tickmode", "array"
                    "tickvals", places
                    "ticktext", names
                | ticks ->
                    "tickmode", "array"
                    "tickvals", ticks
                    "ticktext", List.map tickText ticks
                "showticklabels", not axis.IsShared
                "tickfont", font FigureStyle.smallSize
                "domain", [ fst domain; snd domain ]
                "anchor", anchor
                "showline", true
                "linecolor", "#444444"
                "linewidth", 0.8
                "ticks", "outside"
                "ticklen", 3
                "tickwidth", 0.8
                // Every name is told; of numbers as many as are read easily.
                if axis.Scale = Named then "dtick", 1 else "nticks", 6
                if axis.Scale = Linear then
                    "tickformatstops", fixedDigits
                "showgrid", axis.Scale <> Named
                "gridcolor", FigureStyle.gridColour
                "gridwidth", 0.6
                "zeroline", false
                "automargin", true
            ]
