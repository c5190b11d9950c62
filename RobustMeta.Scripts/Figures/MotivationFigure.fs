/// F6: how a meta-recommender trained plainly falls with the shift.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.MotivationFigure

/// `axis` is the coordinate of the shift, e.g. "shift β".
let draw (metric: string) (axis: string) (uncertainty: Uncertainty) (points: LinePoint list) : Figure =
    LineFigure.draw
        {
            Name = $"motivation {metric}"
            Title = $"Plain training under shift, {metric}"
            Caption = $"{metric} of plainly trained models on test sets of growing shift."
            Width = OneColumn
            X = Axis.linear axis |> Axis.ticksAt [ for p in points -> p.X ]
            Y = Axis.linear metric
            LineColumn = "model"
            Uncertainty = Some uncertainty
        }
        points
