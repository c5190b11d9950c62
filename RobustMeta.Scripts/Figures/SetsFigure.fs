/// F14: the ambiguity sets side by side: ball, simplex, chi2, KL, CVaR.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.SetsFigure

/// `Category` is the set, `Series` the test set.
let draw (metric: string) (uncertainty: Uncertainty) (bars: BarValue list) : Figure =
    BarFigure.draw
        {
            Name = $"sets {metric}"
            Title = $"Ambiguity sets, {metric}"
            Caption = $"{metric} by ambiguity set."
            Width = TwoColumns
            CategoryColumn = "set"
            CategoryTitle = ""
            SeriesColumn = "test set"
            Y = Axis.linear metric
            Uncertainty = Some uncertainty
        }
        bars
