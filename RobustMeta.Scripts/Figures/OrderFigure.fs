/// F15: first and second order, gradient ascent, exponentiated gradient and best response: what they reach and what they cost.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.OrderFigure

open RobustMeta.Evaluation

/// One scheme, e.g. "second order, best response".
type Scheme = { Scheme: string; Result: Interval; Seconds: float }

/// The metric, then the time of an epoch.
let draw (metric: string) (uncertainty: Uncertainty) (schemes: Scheme list) : Figure =
    let bars select : BarValue list =
        [ for s in schemes -> { Category = s.Scheme; Series = metric; Result = select s } ]

    let panels =
        [
            DotPanel.across (Axis.named "") (Axis.linear metric) (bars _.Result)
            BarPanel.across
                (Axis.shared (Axis.named ""))
                (Axis.linear "seconds an epoch")
                (bars (fun s -> Result.exact s.Seconds))
        ]

    let intervals = LineFigure.uncertaintyText "Intervals" (Some uncertainty) [ for s in schemes -> s.Result.Count ]
    let height = 0.9 + 0.24 * float schemes.Length
    let name = $"order {metric}"

    {
        Name = InertText.name name
        Title = $"Order of gradients and rule of ascent, {metric}"
        Caption = $"{metric} and seconds an epoch by order of the meta-gradient and by rule of ascent.{intervals}"
        Width = TwoColumns
        Height = height
        Drawing = Plot(Panels.chart TwoColumns height panels)
        Data =
            Table.make
                name
                ""
                [ Column.words "scheme"; Column.plusMinus 4 metric; Column.fixedDigits 3 "seconds" ]
                [ for s in schemes -> [ Cell.text s.Scheme; Cell.estimate s.Result; Cell.number s.Seconds ] ]
    }
