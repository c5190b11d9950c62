/// F1: what each level of robustness adds, as points with intervals: base, +user, +interaction, +both.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.AblationFigure

/// Points in groups of a data set or of a shift; `Series` is the variant.
let draw (metric: string) (uncertainty: Uncertainty) (bars: BarValue list) : Figure =
    BarFigure.draw
        {
            Name = $"ablation {metric}"
            Title = $"Ablation, {metric}"
            Caption = $"{metric} of the base model alone, with user weights, with interaction weights and with both."
            Width = TwoColumns
            CategoryColumn = "test set"
            CategoryTitle = ""
            SeriesColumn = "variant"
            Y = Axis.linear metric
            Uncertainty = Some uncertainty
        }
        bars
