/// F19: a metric against the fraction of training labels that are flipped.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.NoiseFigure

/// X is the fraction of flipped labels.
let draw (metric: string) (uncertainty: Uncertainty) (points: LinePoint list) : Figure =
    LineFigure.draw
        {
            Name = $"noise {metric}"
            Title = $"Label noise, {metric}"
            Caption = $"{metric} on clean test users against the fraction of training labels that were flipped."
            Width = OneColumn
            X = Axis.linear "fraction of flipped labels" |> Axis.ticksAt [ for p in points -> p.X ]
            Y = Axis.linear metric
            LineColumn = "method"
            Uncertainty = Some uncertainty
        }
        points
