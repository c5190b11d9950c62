/// F5: losses and validation against epochs; against seconds in the figure beside it.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ConvergenceFigure

/// One epoch of one training.
type Epoch = { Method: string; Epoch: int; MeanLoss: float; RobustLoss: float; Validation: float }

let private lines (select: Epoch -> float) (epochs: Epoch list) : LinePoint list =
    [
        for e in epochs do
            if System.Double.IsFinite(select e) then
                { Line = e.Method; X = float e.Epoch; Result = Result.exact (select e) }
    ]

/// Mean loss solid and robust loss, where it is another, dashed; then the metric of validation.
let draw (metric: string) (epochs: Epoch list) : Figure =
    let axis = Axis.linear "epoch"
    let groups = epochs |> List.groupBy _.Method
    let methods = List.zip (groups |> List.map fst |> FigureStyle.looks) groups

    let losses =
        [
            for look, (_, own) in methods do
                look, "", "solid", lines _.MeanLoss own

                if own |> List.exists (fun e -> e.RobustLoss <> e.MeanLoss) then
                    look, "", "dash", lines _.RobustLoss own
        ]

    let validation = [ for look, (name, own) in methods -> look, name, "solid", lines _.Validation own ]

    let panels =
        [
            LinePanel.ofGroupsUnnamed axis (Axis.linear "training loss") losses
            LinePanel.ofGroups axis (Axis.linear $"validation {metric}") validation
        ]

    {
        Name = "convergence"
        Title = "Convergence"
        Caption =
            $"Left: mean loss (solid) and robust loss (dashed, where it is another) over the training users; colours as on the right. Right: {metric} of the validation users."
        Width = TwoColumns
        Height = 2.5
        Drawing = Plot(Panels.chart TwoColumns 2.5 panels)
        Data =
            Table.make
                "convergence"
                ""
                [
                    Column.words "method"
                    Column.whole "epoch"
                    Column.fixedDigits 4 "mean loss"
                    Column.fixedDigits 4 "robust loss"
                    Column.fixedDigits 4 $"validation {metric}"
                ]
                [
                    for e in epochs ->
                        [
                            Cell.text e.Method
                            Cell.count e.Epoch
                            Cell.number e.MeanLoss
                            Cell.number e.RobustLoss
                            Cell.number e.Validation
                        ]
                ]
    }
