/// F11: the mean of the worst-served fraction of users, for every fraction.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.TailFigure

/// X is the fraction of users, 1: all.
let draw (metric: string) (uncertainty: Uncertainty option) (points: LinePoint list) : Figure =
    LineFigure.draw
        {
            Name = $"tail {metric}"
            Title = $"{metric} of the worst-served users"
            Caption =
                $"CVaR: mean {metric} of the fraction α of users with the lowest values; α = 1 is the mean over all."
            Width = OneColumn
            X = Axis.linear "fraction α of users"
            Y = Axis.linear $"mean {metric}, worst α"
            LineColumn = "method"
            Uncertainty = uncertainty
        }
        points
