namespace RobustMeta.Scripts

/// Words and axes of a figure of values in groups.
type BarFigure =
    {
        /// Name of its files.
        Name: string
        Title: string
        /// What is drawn; what the intervals are is added.
        Caption: string
        Width: FigureWidth
        /// What the groups are, as a column of the data.
        CategoryColumn: string
        /// Title of the axis of the groups; empty where their names need none.
        CategoryTitle: string
        /// What the colours are.
        SeriesColumn: string
        Y: Axis
        Uncertainty: Uncertainty option
    }

/// Figures of values in groups, with intervals.
[<RequireQualifiedAccess>]
module BarFigure =
    /// Draws a point with its interval for each value; bars from zero would hide how results differ.
    let draw (figure: BarFigure) (bars: BarValue list) : Figure =
        let intervals =
            LineFigure.uncertaintyText "Intervals" figure.Uncertainty [ for bar in bars -> bar.Result.Count ]

        let data = FigureData.ofBars figure.Name figure.CategoryColumn figure.SeriesColumn figure.Y.Title bars
        let height = 2.4

        {
            Name = InertText.name figure.Name
            Title = figure.Title
            Caption = figure.Caption + intervals + " The axis does not begin at zero."
            Width = figure.Width
            Height = height
            Drawing =
                Plot(
                    Panels.chart
                        figure.Width
                        height
                        [ DotPanel.upright (Axis.named figure.CategoryTitle) figure.Y bars ]
                )
            Data = data
        }
