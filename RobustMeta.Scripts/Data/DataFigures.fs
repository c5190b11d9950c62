/// Figures of a data set: how the rows are spread over users and items, and over values.
module RobustMeta.Scripts.Data.DataFigures

open System.Globalization
open RobustMeta.Data
open RobustMeta.Scripts

/// Values that get a bar each; of more there is no figure.
[<Literal>]
let private MostBars = 25

let private spread (name: string) (statistics: DatasetStatistics) =
    let points line (curve: struct (int * int) seq) : LinePoint list =
        [ for struct (rank, rows) in curve -> { Line = line; X = float rank; Result = Result.exact (float rows) } ]

    LineFigure.draw
        {
            Name = $"data-{name}-spread"
            Title = $"{name}: rows by rank"
            Caption = "Rows of each user and of each item, from the one with most rows to the one with fewest."
            Width = TwoColumns
            X = Axis.logarithmic "rank"
            Y = Axis.logarithmic "rows"
            LineColumn = "of"
            Uncertainty = None
        }
        (points "a user" statistics.ActivityCurve @ points "an item" statistics.PopularityCurve)

let private values (name: string) (statistics: DatasetStatistics) =
    let rows = float statistics.Interactions

    BarFigure.draw
        {
            Name = $"data-{name}-values"
            Title = $"{name}: values"
            Caption = "Percentage of the rows with each value."
            Width = TwoColumns
            CategoryColumn = "value"
            CategoryTitle = "value of a row"
            SeriesColumn = "rows"
            Y = Axis.linear "% of the rows"
            Uncertainty = None
        }
        [
            for struct (value, count) in statistics.ValueCounts ->
                {
                    Category = value.ToString CultureInfo.InvariantCulture
                    Series = "rows"
                    Result = Result.exact (100.0 * float count / rows)
                }
        ]

/// The figures that a data set has: its values only where there are few.
let all (dataset: Dataset) : Figure list =
    let name = dataset.Ratings.Name
    let statistics = DatasetStatistics.Of(dataset.Ratings, dataset.LabelThreshold)

    [
        spread name statistics
        if statistics.DistinctValues > 1 && statistics.DistinctValues <= MostBars then
            values name statistics
    ]
