/// F9: a metric against how far the test set is from the training distribution.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.DegradationFigure

/// `divergence` is the axis's title, e.g. "KL(q‖q₀), nats", or "β of the test set".
let draw (metric: string) (divergence: string) (uncertainty: Uncertainty) (points: LinePoint list) : Figure =
    LineFigure.draw
        {
            Name = $"degradation {metric}"
            Title = $"{metric} on shifted test sets"
            Caption =
                if divergence.StartsWith "KL" then
                    $"{metric} against {divergence}: divergence of the users of the test set (q) from the unshifted test users (q₀), in nats."
                else
                    $"{metric} against {divergence}."
            Width = OneColumn
            X = Axis.linear divergence
            Y = Axis.linear metric
            LineColumn = "method"
            Uncertainty = Some uncertainty
        }
        points
