/// F20: how much seeds differ, and which methods differ significantly.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.SeedsFigure

/// A method's value for each seed, in the order of `Seeds`; those are empty where it is not known which seeds it has.
type Seeds = { Method: string; Seeds: int64 list; Values: float list }

/// Darkness of a p-value: a step for each limit, so that small ones are told apart.
let darkness (p: float) =
    if p < 0.001 then 1.0
    elif p < 0.01 then 0.7
    elif p < 0.05 then 0.4
    else 0.06

/// What stands in a cell: its number and its shade agree about the lowest limit.
let text (p: float) = if p < 0.001 then "&lt;0.001" else MapPanel.fixedText 3 p

/// `p[i][j]`: p-value of the test between methods i and j, corrected for all pairs; NaN on the diagonal. `test` names it.
let draw (metric: string) (test: string) (seeds: Seeds list) (p: float list list) : Figure =
    let names = [ for s in seeds -> s.Method ]

    let panels =
        [
            PointPanel.overNames
                (Axis.linear metric)
                (Axis.named "" |> Axis.fromTop)
                [ for s in seeds -> s.Method, s.Values ]
            MapPanel.draw
                (Axis.named "p-value of each pair")
                (Axis.named "" |> Axis.fromTop |> Axis.shared)
                names
                names
                text
                darkness
                p
        ]

    let height = 1.0 + 0.32 * float seeds.Length
    let name = $"seeds {metric}"

    {
        Name = InertText.name name
        Title = $"Spread over seeds and p-values, {metric}"
        Caption =
            $"Left: {metric} of each seed. Right: p-values between methods ({test}, corrected for all pairs); from dark to light: below 0.001, below 0.01, below 0.05, not below."
        Width = TwoColumns
        Height = height
        Drawing = Plot(Panels.chart TwoColumns height panels)
        Data =
            Table.make
                name
                ""
                (Column.words "method"
                 :: Column.words "seed"
                 :: Column.fixedDigits 4 metric
                 :: [ for other in names -> Column.probability $"p against {other}" ])
                [
                    for i, s in List.indexed seeds do
                        let known = s.Seeds.Length = s.Values.Length

                        for k, value in List.indexed s.Values do
                            Cell.text s.Method
                            :: Cell.text (if known then string s.Seeds[k] else "")
                            :: Cell.number value
                            :: [ for x in p[i] -> Cell.pValue x ]
                ]
    }
