/// Tables of printed texts, and the short names of how numbers are printed.
module RobustMeta.Scripts.Tables

open System.Globalization

/// A table of text: header, and rows of as many cells.
type Table = { Header: string list; Rows: string list list }

/// A number with the given digits after the point; a dash where there is none.
let number = CellText.number

/// A mean with half the width of its interval, `0.712 ± 0.013`.
let interval = CellText.plusMinus

/// A difference with sign and interval, `+0.021 [+0.010, +0.032]`.
let difference = CellText.range

/// A p-value: `< 0.001`, or three digits.
let pValue = CellText.probability

/// Markdown with aligned columns: the first to the left, the others to the right.
let markdown (table: Table) = MarkdownTable.grid (Table.ofText table.Header table.Rows)

/// The axis of a shift in print: Greek letters by their sign.
let axisLabel (axis: string) = if axis = "beta" then "β" else axis

let private place axis (coordinate: float) = $"{axisLabel axis} = {coordinate.ToString CultureInfo.InvariantCulture}"

/// One metric: a row per method, a column per test set, named by its shift.
let methodsByShift (axis: string) (coordinate: int -> float) (metric: string) (cells: Summary.Cell list) : Table =
    let cells = cells |> List.filter (fun c -> c.Metric = metric)
    let sets = cells |> List.map _.TestSet |> List.distinct |> List.sort
    let methods = cells |> List.map _.Method |> List.distinct

    {
        Header = metric :: [ for set in sets -> place axis (coordinate set) ]
        Rows =
            [
                for name in methods ->
                    name
                    :: [
                        for set in sets ->
                            match cells |> List.tryFind (fun c -> c.Method = name && c.TestSet = set) with
                            | Some cell -> interval 4 cell.Interval
                            | None -> CellText.Nothing
                    ]
            ]
    }

/// Paired differences: a row per test set.
let differencesByShift axis (coordinate: int -> float) (title: string) (differences: Summary.Difference list) : Table =
    {
        Header = [ title; "users"; "difference [95 %]"; "p (Wilcoxon, Holm)" ]
        Rows =
            [
                for d in differences ->
                    [ place axis (coordinate d.TestSet); string d.Interval.Count; difference 4 d.Interval; pValue d.P ]
            ]
    }
