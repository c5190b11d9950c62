/// F19: a metric against the fraction of support labels that are wrong.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.NoiseFigure

/// X is the fraction of wrong labels.
let draw (metric: string) (uncertainty: Uncertainty) (points: LinePoint list) : Figure =
    LineFigure.draw
        {
            Name = $"noise {metric}"
            Title = $"Label noise, {metric}"
            Caption =
                $"{metric} of test users against the fraction of their support labels that is wrong; query labels are right."
            Width = OneColumn
            X = Axis.linear "fraction of wrong support labels" |> Axis.ticksAt [ for p in points -> p.X ]
            Y = Axis.linear metric
            LineColumn = "method"
            Uncertainty = Some uncertainty
        }
        points
