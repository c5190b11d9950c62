/// F12: what a method gives on average against what it gives at worst, over a setting.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ParetoFigure

/// One setting of a method.
type Choice = { Method: string; Setting: string; Average: float; Worst: float }

/// `worst` says what worst is, e.g. "worst test set", "worst decile".
let draw (metric: string) (worst: string) (choices: Choice list) : Figure =
    let groups: PointPanel.Points list =
        [
            for name, own in choices |> List.groupBy _.Method ->
                { Name = name; Places = [ for c in own -> c.Average, c.Worst, c.Setting ] }
        ]

    let name = $"pareto {metric}"

    {
        Name = InertText.name name
        Title = $"Average and {worst}, {metric}"
        Caption =
            $"{metric} on average against {metric} of the {worst}, for the settings that stand at the points, where there is room; up and right is better."
        Width = OneColumn
        Height = 2.6
        Drawing =
            Plot(
                Panels.chart
                    OneColumn
                    2.6
                    [ PointPanel.draw (Axis.linear $"average {metric}") (Axis.linear $"{metric}, {worst}") true groups ]
            )
        Data =
            Table.make
                name
                ""
                [
                    Column.words "method"
                    Column.words "setting"
                    Column.fixedDigits 4 "average"
                    Column.fixedDigits 4 worst
                ]
                [
                    for c in choices ->
                        [ Cell.text c.Method; Cell.text c.Setting; Cell.number c.Average; Cell.number c.Worst ]
                ]
    }
