/// F2 and F4: a metric against one setting, a line for each test set or method.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.SensitivityFigure

/// `isLogarithmic`: the setting is a rate or a size, whose values stand in equal ratios. Ticks stand at the tried values.
let draw (setting: string) (metric: string) (isLogarithmic: bool) (uncertainty: Uncertainty) (points: LinePoint list) =
    let axis = if isLogarithmic then Axis.logarithmic setting else Axis.linear setting

    LineFigure.draw
        {
            Name = $"sensitivity {setting} {metric}"
            Title = $"Sensitivity to {setting}, {metric}"
            Caption = $"{metric} against {setting}, all other settings at their chosen values."
            Width = OneColumn
            X = axis |> Axis.ticksAt [ for p in points -> p.X ]
            Y = Axis.linear metric
            LineColumn = "test set"
            Uncertainty = Some uncertainty
        }
        points
