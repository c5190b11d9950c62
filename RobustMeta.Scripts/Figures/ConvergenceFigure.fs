/// F5: losses and validation against epochs.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ConvergenceFigure

/// One epoch of one training.
type Epoch =
    {
        Method: string
        Epoch: int
        /// Since the training's start.
        Seconds: float
        MeanLoss: float
        RobustLoss: float
        Validation: float
    }

let private lines (select: Epoch -> float) (epochs: Epoch list) : LinePoint list =
    [ for e in epochs -> { Line = e.Method; X = float e.Epoch; Result = Result.exact (select e) } ]

/// Mean loss solid and robust loss dashed, then the metric of validation.
let draw (metric: string) (epochs: Epoch list) : Figure =
    let methods = epochs |> List.map _.Method |> List.distinct
    let axis = Axis.linear "epoch"

    let losses =
        [
            for i, name in List.indexed methods do
                let own = epochs |> List.filter (fun e -> e.Method = name)
                i, $"{name}, mean", "solid", lines _.MeanLoss own
                i, $"{name}, robust", "dash", lines _.RobustLoss own
        ]

    let validation =
        [
            for i, name in List.indexed methods ->
                i, name, "solid", lines _.Validation (epochs |> List.filter (fun e -> e.Method = name))
        ]

    let panels =
        [
            LinePanel.ofGroups axis (Axis.linear "training loss") losses
            LinePanel.ofGroups axis (Axis.linear $"validation {metric}") validation
        ]

    {
        Name = "convergence"
        Title = "Convergence"
        Caption =
            $"Left: mean loss (solid) and robust loss (dashed) over the training users. Right: {metric} of the validation users."
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
                    Column.fixedDigits 1 "seconds"
                    Column.fixedDigits 4 "mean loss"
                    Column.fixedDigits 4 "robust loss"
                    Column.fixedDigits 4 $"validation {metric}"
                ]
                [
                    for e in epochs ->
                        [
                            Cell.text e.Method
                            Cell.count e.Epoch
                            Cell.number e.Seconds
                            Cell.number e.MeanLoss
                            Cell.number e.RobustLoss
                            Cell.number e.Validation
                        ]
                ]
    }
