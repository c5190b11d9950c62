/// F16: stationarity against iterations beside the rate of theory, both axes logarithmic: a power law is straight.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.RateFigure

/// One scheme's measurements (iterations T, stationarity), the fitted exponent and that of the theory.
type Rate = { Scheme: string; Points: (int * float) list; Exponent: float; Theory: float }

let private line (name: string) (points: (int * float) list) : LinePoint list =
    [ for t, s in points -> { Line = name; X = float t; Result = Result.exact s } ]

/// The theory's line starts where the measured one starts.
let private theory (rate: Rate) =
    let first, height = rate.Points.Head
    [ for t, _ in rate.Points -> t, height * (float t / float first) ** rate.Theory ]

// T to a power, in raised characters: a caret is no notation of print.
let private power (x: float) =
    let raised (c: char) =
        match c with
        | '−' -> '⁻'
        | '.' -> '·'
        | digit when System.Char.IsAsciiDigit digit -> "⁰¹²³⁴⁵⁶⁷⁸⁹"[int digit - int '0']
        | other -> other

    "T" + String.map raised (CellText.number 2 x)

/// Measured solid with markers, theory dashed, in one colour a scheme.
let draw (rates: Rate list) : Figure =
    let groups =
        [
            for i, rate in List.indexed rates do
                FigureStyle.look i,
                $"{rate.Scheme}: {power rate.Exponent}, theory {power rate.Theory}",
                "solid",
                line "" rate.Points

                FigureStyle.look i, "", "dash", line "" (theory rate)
        ]

    let panel = LinePanel.ofGroups (Axis.logarithmic "iterations T") (Axis.logarithmic "stationarity") groups

    {
        Name = "rate"
        Title = "Stationarity against iterations"
        Caption =
            "Measured (markers, with the fitted exponent) and the power of T that the theory bounds it by (dashed, drawn from the first measurement)."
        Width = TwoColumns
        Height = 3.2
        Drawing = Plot(Panels.chart TwoColumns 3.2 [ panel ])
        Data =
            Table.make
                "rate"
                ""
                [
                    Column.words "scheme"
                    Column.whole "T"
                    Column.fixedDigits 5 "stationarity"
                    Column.fixedDigits 5 "theory"
                ]
                [
                    for rate in rates do
                        for (t, s), (_, bound) in List.zip rate.Points (theory rate) do
                            [ Cell.text rate.Scheme; Cell.count t; Cell.number s; Cell.number bound ]
                ]
    }
