/// F3: a metric over two settings at once, as a map.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.SensitivityMapFigure

/// One measured pair of settings.
type Cell = { Across: float; Up: float; Mean: float }

// Three, or as many as tell the cells apart, but no more than five.
let private digits (values: float list) =
    match List.filter System.Double.IsFinite values with
    | [] -> 3
    | known ->
        let range = List.max known - List.min known
        if range > 0.0 then min 5 (max 3 (int (ceil (1.0 - log10 range)))) else 3

/// `across` and `up` name the two settings.
let draw (across: string) (up: string) (metric: string) (cells: Cell list) : Figure =
    let columns, rows =
        List.sort (List.distinct [ for c in cells -> c.Across ]), List.sort (List.distinct [ for c in cells -> c.Up ])

    let value x y =
        cells |> List.tryFind (fun c -> c.Across = x && c.Up = y) |> Option.map _.Mean |> Option.defaultValue nan

    let name = $"sensitivity {across} {up} {metric}"
    let texts = List.map (fun (x: float) -> x.ToString("R", System.Globalization.CultureInfo.InvariantCulture))
    let values = [ for y in rows -> [ for x in columns -> value x y ] ]

    {
        Name = InertText.name name
        Title = $"{across} and {up}, {metric}"
        Caption = $"{metric} for pairs of {across} and {up}; darker is higher."
        Width = OneColumn
        Height = 2.5
        Drawing =
            Plot(
                Panels.chart
                    OneColumn
                    2.5
                    [
                        MapPanel.draw
                            (Axis.named across)
                            (Axis.named up)
                            (texts columns)
                            (texts rows)
                            (MapPanel.fixedText (digits (List.concat values)))
                            (MapPanel.rising values)
                            values
                    ]
            )
        Data =
            Table.make
                name
                ""
                [ Column.fixedDigits 4 across; Column.fixedDigits 4 up; Column.fixedDigits 4 metric ]
                [ for c in cells -> [ Cell.number c.Across; Cell.number c.Up; Cell.number c.Mean ] ]
    }
