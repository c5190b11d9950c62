/// F10: the worst reweighting of the test users within a radius, computed exactly.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.WorstCaseFigure

/// `set` names the ambiguity set, e.g. "chi2"; `measure` the loss or metric.
let draw (set: string) (measure: string) (uncertainty: Uncertainty option) (points: LinePoint list) : Figure =
    LineFigure.draw
        {
            Name = $"worst case {set} {measure}"
            Title = $"Worst case within {set}, {measure}"
            Caption =
                $"{measure} under the worst reweighting of the test users within the {set} set of each radius; no sampling of shifts."
            Width = OneColumn
            X = Axis.linear $"radius ρ of {set}"
            Y = Axis.linear $"worst {measure}"
            LineColumn = "method"
            Uncertainty = uncertainty
        }
        points
