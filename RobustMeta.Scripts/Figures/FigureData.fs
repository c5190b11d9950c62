/// The numbers behind figures, as tables.
[<RequireQualifiedAccess>]
module internal RobustMeta.Scripts.FigureData

/// Lines: a row for each point.
let ofLines (name: string) (line: string) (x: string) (y: string) (points: LinePoint list) : Table =
    Table.make
        name
        ""
        [ Column.words line; Column.fixedDigits 4 x; Column.plusMinus 4 y ]
        [ for p in points -> [ Cell.text p.Line; Cell.number p.X; Cell.estimate p.Result ] ]

/// Bars: a row for each bar.
let ofBars (name: string) (category: string) (series: string) (y: string) (bars: BarValue list) : Table =
    Table.make
        name
        ""
        [ Column.words category; Column.words series; Column.plusMinus 4 y ]
        [ for bar in bars -> [ Cell.text bar.Category; Cell.text bar.Series; Cell.estimate bar.Result ] ]
