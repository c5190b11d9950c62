/// F7: the learned weights: how they are distributed, and which users or interactions they favour.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.WeightsFigure

/// The weight of one user or interaction, times their number (1: as in plain training), beside its loss (NaN: not known) and a
/// property.
type Weight = { Weight: float; Loss: float; Property: float }

[<Literal>]
let private Bins = 30

let private bins (weights: float list) : (float * int) list =
    let low, high = List.min weights, List.max weights
    let step = if high > low then (high - low) / float Bins else 1.0
    let bin (w: float) = min (Bins - 1) (int ((w - low) / step))
    let counts = weights |> List.countBy bin |> dict

    [ for i in 0 .. Bins - 1 -> low + (float i + 0.5) * step, (if counts.ContainsKey i then counts[i] else 0) ]

/// `who` names the weights, e.g. "user" or "robustmeta interaction"; `property` what they are drawn against; `count` is how many
/// there are, where only some are drawn.
let draw (who: string) (property: string) (count: int) (weights: Weight list) : Figure =
    let axis = Axis.linear "weight × n"

    let some =
        if count > weights.Length then
            $" {weights.Length} of them are drawn, evenly over their sizes."
        else
            ""

    let against title (select: Weight -> float) =
        let places =
            [
                for w in weights do
                    if System.Double.IsFinite(select w) then
                        select w, w.Weight, ""
            ]

        [
            if not places.IsEmpty then
                PointPanel.draw (Axis.linear title) axis false [ { Name = who; Places = places } ]
        ]

    let panels =
        PointPanel.histogram axis (Axis.linear "number of weights") (bins [ for w in weights -> w.Weight ])
        :: against "loss" _.Loss
        @ against property _.Property

    let name = $"weights {who} {property}"

    {
        Name = InertText.name name
        Title = $"Weights, {who}"
        Caption =
            $"Learned weights ({who}) times their number n = {count} (1: the weight in plain training). From left to right: their distribution; against the loss at the same epoch; against {property}.{some}"
        Width = TwoColumns
        Height = 2.4
        Drawing = Plot(Panels.chart TwoColumns 2.4 panels)
        Data =
            Table.make
                name
                ""
                [ Column.fixedDigits 4 "weight times n"; Column.fixedDigits 4 "loss"; Column.fixedDigits 4 property ]
                [ for w in weights -> [ Cell.number w.Weight; Cell.number w.Loss; Cell.number w.Property ] ]
    }
