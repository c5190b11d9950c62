/// Tables as Markdown, LaTeX and CSV.
module RobustMeta.Scripts.Tables

open System
open System.Globalization
open RobustMeta.Evaluation

/// A table of text: header, and rows of as many cells.
type Table = { Header: string list; Rows: string list list }

/// A number with the given digits after the point; a dash where there is none.
let number (digits: int) (x: float) =
    if Double.IsNaN x then
        "–"
    else
        x.ToString("F" + string digits, CultureInfo.InvariantCulture)

/// A mean with half the width of its interval, `0.712 ± 0.013`.
let interval (digits: int) (i: Interval) =
    if Double.IsNaN i.High then
        number digits i.Mean
    else
        $"{number digits i.Mean} ± {number digits ((i.High - i.Low) / 2.0)}"

/// A difference with sign and interval, `+0.021 [+0.010, +0.032]`.
let difference (digits: int) (i: Interval) =
    let signed (x: float) = (if x >= 0.0 then "+" else "−") + number digits (abs x)
    $"{signed i.Mean} [{signed i.Low}, {signed i.High}]"

/// A p-value: `< 0.001`, or three digits.
let pValue (p: float) = if p < 0.001 then "< 0.001" else number 3 p

/// Markdown with aligned columns: the first to the left, the others to the right.
let markdown (table: Table) =
    let rows = table.Header :: table.Rows
    let widths = List.transpose rows |> List.map (List.map String.length >> List.max)

    let line cells =
        List.map2
            (fun (i, width) (cell: string) -> if i = 0 then cell.PadRight width else cell.PadLeft width)
            (List.indexed widths)
            cells
        |> String.concat " | "
        |> fun text -> $"| {text} |"

    let rule =
        widths
        |> List.mapi (fun i width -> if i = 0 then String('-', max 3 width) else String('-', max 2 (width - 1)) + ":")
        |> String.concat " | "
        |> fun text -> $"| {text} |"

    line table.Header :: rule :: List.map line table.Rows |> String.concat "\n" |> fun text -> text + "\n"

let private latexCell (text: string) =
    text
        .Replace("\\", "\\textbackslash{}")
        .Replace("&", "\\&")
        .Replace("%", "\\%")
        .Replace("_", "\\_")
        .Replace("#", "\\#")
        .Replace("±", "$\\pm$")
        .Replace("−", "$-$")
        .Replace("<", "$<$")
        .Replace("β", "$\\beta$")

/// A LaTeX tabular with booktabs rules.
let latex (table: Table) =
    let line cells = (cells |> List.map latexCell |> String.concat " & ") + " \\\\"
    let columns = "l" + String('r', table.Header.Length - 1)

    [
        $"\\begin{{tabular}}{{{columns}}}"
        "\\toprule"
        line table.Header
        "\\midrule"
        yield! List.map line table.Rows
        "\\bottomrule"
        "\\end{tabular}"
        ""
    ]
    |> String.concat "\n"

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
                            | None -> "–"
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
