/// F13: how far the weights are from the best response, and how concentrated they are, during training.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.GapFigure

/// One epoch of one training: the gap between the best response's loss and that of the weights, and the effective sample
/// sizes as fractions of n. The place of the method among those of its cell decides the colour, which is the same in all figures.
type Epoch = { Method: string; Place: int; Epoch: int; Gap: float; UserEss: float; InteractionEss: float }

let private lines (select: Epoch -> float) (epochs: Epoch list) : LinePoint list =
    [
        for e in epochs do
            if System.Double.IsFinite(select e) then
                { Line = e.Method; X = float e.Epoch; Result = Result.exact (select e) }
    ]

/// The gap, then the effective sample fraction of each level.
let draw (epochs: Epoch list) : Figure =
    let axis = Axis.linear "epoch"
    let methods = epochs |> List.map (fun e -> e.Place, e.Method) |> List.distinct
    let fraction = Axis.linear >> Axis.showing 0.0 1.03

    let groups select =
        [
            for place, name in methods do
                match lines select (epochs |> List.filter (fun e -> e.Method = name)) with
                | [] -> ()
                | own -> FigureStyle.look place, name, "solid", own
        ]

    let panels =
        [
            LinePanel.ofGroupsUnnamed axis (Axis.linear "duality gap") (groups _.Gap)
            LinePanel.ofGroupsUnnamed axis (fraction "ESS fraction, users") (groups _.UserEss)
            LinePanel.ofGroups axis (fraction "ESS fraction, interactions") (groups _.InteractionEss)
        ]

    {
        Name = "gap"
        Title = "Duality gap and effective sample size"
        Caption =
            "Left: loss under the best response minus loss under the current weights. Middle and right: effective sample size (ESS) of the user weights and of the interaction weights, as a fraction of n."
        Width = TwoColumns
        Height = 2.5
        Drawing = Plot(Panels.chart TwoColumns 2.5 panels)
        Data =
            Table.make
                "gap"
                ""
                [
                    Column.words "method"
                    Column.whole "epoch"
                    Column.fixedDigits 4 "gap"
                    Column.fixedDigits 4 "user ESS fraction"
                    Column.fixedDigits 4 "interaction ESS fraction"
                ]
                [
                    for e in epochs ->
                        [
                            Cell.text e.Method
                            Cell.count e.Epoch
                            Cell.number e.Gap
                            Cell.number e.UserEss
                            Cell.number e.InteractionEss
                        ]
                ]
    }
