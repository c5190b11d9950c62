namespace RobustMeta.Scripts

/// Words and axes of a figure of lines.
type LineFigure =
    {
        /// Name of its files.
        Name: string
        Title: string
        /// What is drawn; what the bands are is added.
        Caption: string
        Width: FigureWidth
        X: Axis
        Y: Axis
        /// What the lines are, as a column of the data: `method`.
        LineColumn: string
        /// What the bands are; None: there are none.
        Uncertainty: Uncertainty option
    }

/// Figures of lines with bands.
[<RequireQualifiedAccess>]
module LineFigure =
    let private span (counts: int list) =
        let low, high = List.min counts, List.max counts
        if low = high then $"n = {low}" else $"n = {low} to {high}"

    /// The sentence about bands or bars of intervals: what they are, over what n.
    let internal uncertaintyText (what: string) (uncertainty: Uncertainty option) (counts: int list) =
        match uncertainty, counts with
        | Some u, _ :: _ -> $" {what}: {u.Meaning} over {span counts} {u.Over}."
        | _ -> ""

    /// Draws the lines, named at their ends where there is room.
    let draw (figure: LineFigure) (points: LinePoint list) : Figure =
        let bands = uncertaintyText "Bands" figure.Uncertainty [ for p in points -> p.Result.Count ]
        let data = FigureData.ofLines figure.Name figure.LineColumn figure.X.Title figure.Y.Title points
        let height = if figure.Width = OneColumn then 2.3 else 2.8

        {
            Name = InertText.name figure.Name
            Title = figure.Title
            Caption = figure.Caption + bands
            Width = figure.Width
            Height = height
            Drawing = Plot(Panels.chart figure.Width height [ LinePanel.draw figure.X figure.Y points ])
            Data = data
        }
