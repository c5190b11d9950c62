/// F9: a metric against how far the test set is from the training distribution.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.DegradationFigure

/// `divergence` is the axis's title, e.g. "KL(q‖q₀)" in nats, or "shift β".
let draw (metric: string) (divergence: string) (uncertainty: Uncertainty) (points: LinePoint list) : Figure =
    LineFigure.draw
        {
            Name = $"degradation {metric}"
            Title = $"{metric} on test sets of growing shift"
            Caption = $"{metric} against {divergence} of the test set."
            Width = OneColumn
            X = Axis.linear divergence
            Y = Axis.linear metric
            LineColumn = "method"
            Uncertainty = Some uncertainty
        }
        points
