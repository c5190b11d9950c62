/// F12: what a method gives on average against what it gives at worst, over a setting.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ParetoFigure

open System
open RobustMeta.Evaluation

/// One setting of a method.
type Choice = { Method: string; Setting: string; Average: float; Worst: float }

// More methods are not told apart by colours, nor their names read in one line.
[<Literal>]
let private MostColours = 6

let private title (c: Choice) = $"{c.Method} {c.Setting}".TrimEnd()

/// The choices that no other beats on both axes.
let front (higherIsBetter: bool) (choices: Choice list) : Choice list =
    let sign = if higherIsBetter then 1.0 else -1.0
    let isAtLeast a b = sign * a >= sign * b

    let beats a b =
        isAtLeast a.Average b.Average && isAtLeast a.Worst b.Worst && (a.Average <> b.Average || a.Worst <> b.Worst)

    choices |> List.filter (fun one -> not (List.exists (fun other -> beats other one) choices))

let private xAxis metric = Axis.linear $"average {metric}"

let private yAxis metric worst = Axis.linear $"{metric}, {worst}"

// Few methods: a line each, its settings beside it.
let private lines metric worst (choices: Choice list) =
    let groups: PointPanel.Points list =
        [
            for name, own in choices |> List.groupBy _.Method ->
                { Name = name; Places = [ for c in own -> c.Average, c.Worst, c.Setting ] }
        ]

    PointPanel.draw (xAxis metric) (yAxis metric worst) true groups

// Many: a point each, named where there is room, the most important first.
let private points width height metric worst (first: Choice) (best: Choice list) (choices: Choice list) =
    let isBase (c: Choice) = c.Method = first.Method && c.Setting = first.Setting

    NamedPoints.draw
        width
        height
        (xAxis metric)
        (yAxis metric worst)
        [
            for c in choices ->
                {
                    Name = title c
                    X = c.Average
                    Y = c.Worst
                    Kind =
                        if isBase c then NamedPoints.Base
                        elif List.contains c best then NamedPoints.Front
                        else NamedPoints.Other
                }
        ]

let private listed (names: string list) = String.Join(", ", names)

/// `worst` says what worst is, e.g. "worst test set", "worst decile". The first choice is what the others are compared with.
let draw (metric: string) (worst: string) (choices: Choice list) : Figure =
    let name = $"pareto {metric}"
    let higherIsBetter = Metric.Parse(metric).HigherIsBetter
    // What has no place stands in the table alone.
    let placed, without = choices |> List.partition (fun c -> Double.IsFinite c.Average && Double.IsFinite c.Worst)
    let isMany = (placed |> List.distinctBy _.Method).Length > MostColours
    let width, height = if isMany then TwoColumns, 4.2 else OneColumn, 2.6
    let best = front higherIsBetter placed
    let corner = if higherIsBetter then "up and right" else "down and left"
    let head = $"{metric} on average against {metric} of the {worst}"

    let panel, caption =
        if isMany then
            let drawn = points width height metric worst choices.Head best placed
            let beaten = "the Pareto front, which none beats on both: " + listed (List.map title best)

            let outlying = [ for p in drawn.Outlying -> $"{p.Name} ({CellText.number 4 p.X}, {CellText.number 4 p.Y})" ]

            drawn.Panel,
            String.Join(
                "; ",
                [
                    $"{head}; {corner} is better"
                    beaten
                    if not outlying.IsEmpty then
                        $"beyond the axes and drawn at their edge: {listed outlying}"
                    if not drawn.Unnamed.IsEmpty then
                        $"without a name for want of room: {listed [ for p in drawn.Unnamed -> p.Name ]}"
                ]
            )
            + "."
        else
            lines metric worst placed,
            $"{head}, for the settings that stand at the points, where there is room; {corner} is better."

    let missing =
        if without.IsEmpty then
            ""
        else
            $" Not drawn, as a number is missing or infinite: {listed (List.map title without)}."

    {
        Name = InertText.name name
        Title = $"Average and {worst}, {metric}"
        Caption = caption + missing
        Width = width
        Height = height
        Drawing = Plot(Panels.chart width height [ panel ])
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
