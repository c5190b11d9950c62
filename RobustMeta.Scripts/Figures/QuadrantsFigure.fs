/// F18: known and new users, known and new items: the four quadrants.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.QuadrantsFigure

/// `Category` is the quadrant, `Series` the method.
let draw (metric: string) (uncertainty: Uncertainty) (bars: BarValue list) : Figure =
    BarFigure.draw
        {
            Name = $"quadrants {metric}"
            Title = $"Warm and cold, {metric}"
            Caption = $"{metric} for known and new users with known and new items."
            Width = TwoColumns
            CategoryColumn = "quadrant"
            CategoryTitle = ""
            SeriesColumn = "method"
            Y = Axis.linear metric
            Uncertainty = Some uncertainty
        }
        bars
