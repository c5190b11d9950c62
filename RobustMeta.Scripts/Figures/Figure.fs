namespace RobustMeta.Scripts

open Plotly.NET
open RobustMeta.Evaluation

/// How wide a figure is printed.
type FigureWidth =
    /// 3.4 inches: one column of a two-column page.
    | OneColumn
    /// 7 inches: the whole page.
    | TwoColumns

/// What a figure is drawn from.
type Drawing =
    | Plot of GenericChart
    /// A drawn SVG document.
    | Vector of svg: string

/// A figure, the words beside it and the numbers behind it.
type Figure =
    {
        /// Name of its files and of its LaTeX label: lower-case letters, digits and hyphens.
        Name: string
        Title: string
        Caption: string
        Width: FigureWidth
        /// In inches.
        Height: float
        Drawing: Drawing
        /// The numbers that are drawn.
        Data: Table
    }

/// One measured place of a line.
type LinePoint =
    {
        /// The line's name: a method, a test set.
        Line: string
        X: float
        Result: Interval
    }

/// One measured bar.
type BarValue =
    {
        /// The group of bars that it stands in.
        Category: string
        /// The bars of one colour: a method, a variant.
        Series: string
        Result: Interval
    }

/// Intervals of plain numbers.
[<RequireQualifiedAccess>]
module Result =
    /// A number without an interval.
    let exact (x: float) = Interval(x, nan, nan, 1)
