/// F17: the gap between test and training against the number of training users, beside 1/√N.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.GeneralisationFigure

/// X is the number of users N, the line is the radius. The theory's slope starts at the first line's first point.
let draw (uncertainty: Uncertainty option) (points: LinePoint list) : Figure =
    let lines = points |> List.groupBy _.Line
    let first = points |> List.filter (fun p -> p.Line = points.Head.Line) |> List.minBy _.X

    let theory: LinePoint list =
        [
            for x in points |> List.map _.X |> List.distinct |> List.sort ->
                { Line = "1/√N"; X = x; Result = Result.exact (first.Result.Mean * sqrt (first.X / x)) }
        ]

    let groups =
        [
            for i, (name, own) in List.indexed lines do
                FigureStyle.look i, name, "solid", own
            // Black: no method's colour.
            FigureStyle.look 6, "1/√N", "dash", theory
        ]

    let axis = Axis.logarithmic "training users N" |> Axis.ticksAt [ for p in points -> p.X ]
    let bands = LineFigure.uncertaintyText "Bands" uncertainty [ for p in points -> p.Result.Count ]

    {
        Name = "generalisation"
        Title = "Generalisation gap against training users"
        Caption =
            $"Robust loss on new draws minus robust training loss, by radius ρ; the theory's slope is dashed.{bands}"
        Width = OneColumn
        Height = 2.5
        Drawing = Plot(Panels.chart OneColumn 2.5 [ LinePanel.ofGroups axis (Axis.logarithmic "gap") groups ])
        Data = FigureData.ofLines "generalisation" "radius" "N" "gap" points
    }
