/// F5 against time: validation by the seconds of training.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ConvergenceTimeFigure

/// One epoch of one training.
type Epoch = { Method: string; Epoch: int; Seconds: float; MeanLoss: float; Validation: float }

/// Mean loss and the metric of validation against seconds; times are those of the machine and its load.
let draw (metric: string) (epochs: Epoch list) : Figure =
    let axis = Axis.linear "seconds of training"
    let found = epochs |> List.groupBy _.Method
    let methods = List.zip (found |> List.map fst |> FigureStyle.looks) found

    let groups (select: Epoch -> float) =
        [
            for look, (name, own) in methods do
                let points: LinePoint list =
                    [ for e in own -> { Line = name; X = e.Seconds; Result = Result.exact (select e) } ]

                look, name, "solid", points
        ]

    let panels =
        [
            LinePanel.ofGroupsUnnamed axis (Axis.linear "mean training loss") (groups _.MeanLoss)
            LinePanel.ofGroups axis (Axis.linear $"validation {metric}") (groups _.Validation)
        ]

    {
        Name = "convergence-time"
        Title = "Convergence against time"
        Caption =
            $"Left: mean loss over the training users; colours as on the right. Right: {metric} of the validation users. Every epoch counts the median seconds of an epoch of its method, validation included."
        Width = TwoColumns
        Height = 2.5
        Drawing = Plot(Panels.chart TwoColumns 2.5 panels)
        Data =
            Table.make
                "convergence-time"
                ""
                [
                    Column.words "method"
                    Column.whole "epoch"
                    Column.fixedDigits 3 "seconds"
                    Column.fixedDigits 4 "mean loss"
                    Column.fixedDigits 4 $"validation {metric}"
                ]
                [
                    for e in epochs ->
                        [
                            Cell.text e.Method
                            Cell.count e.Epoch
                            Cell.number e.Seconds
                            Cell.number e.MeanLoss
                            Cell.number e.Validation
                        ]
                ]
    }
