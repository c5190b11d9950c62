/// Tables as LaTeX with booktabs' rules and siunitx's alignment.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.LatexTable

open System
open System.Globalization

/// What a document that includes the tables must load.
let preamble =
    [
        "\\usepackage[T1]{fontenc}"
        "\\usepackage[utf8]{inputenc}"
        "\\usepackage{lmodern}"
        "\\usepackage{textcomp,amsmath,amssymb,booktabs,graphicx,siunitx}"
        "\\sisetup{mode=text,reset-text-series=false,separate-uncertainty=true,table-align-text-post=false,group-digits=integer,group-minimum-digits=4,group-separator={,}}"
    ]

let private invariant (format: string) (x: float) = x.ToString(format, CultureInfo.InvariantCulture)

/// Values of a cell that siunitx can align: value, half width (or none), sign shown.
let private aligned (column: Column) (cell: Cell) =
    match cell.Value, column.Format with
    | CellValue.Count n, _ -> Some(string n)
    | CellValue.Number x, _ when not (Double.IsFinite x) -> None
    | CellValue.Number x, Signed digits -> Some((if x >= 0.0 then "+" else "") + invariant $"F{digits}" x)
    | CellValue.Number x, (Fixed digits | PlusMinus digits | Range digits) -> Some(invariant $"F{digits}" x)
    | CellValue.Number x, Whole -> Some(invariant "F0" x)
    | CellValue.Estimate i, Fixed digits -> Some(invariant $"F{digits}" i.Mean)
    | CellValue.Estimate i, Signed digits -> Some((if i.Mean >= 0.0 then "+" else "") + invariant $"F{digits}" i.Mean)
    | CellValue.Estimate i, PlusMinus digits when Double.IsFinite i.High ->
        Some(invariant $"F{digits}" i.Mean + " \\pm " + invariant $"F{digits}" ((i.High - i.Low) / 2.0))
    | CellValue.Estimate i, PlusMinus digits -> Some(invariant $"F{digits}" i.Mean)
    | _ -> None

let private whole (number: string) =
    let digits = number.TrimStart('+', '-')

    match digits.IndexOf '.' with
    | -1 -> digits.Length
    | point -> point

/// The table-format of a column: signs, digits before and after the point, digits of the uncertainty.
let private formatOf (column: Column) (numbers: string list) =
    let parts = numbers |> List.map (fun number -> number.Split " \\pm ")
    let sign = if numbers |> List.exists (fun n -> n[0] = '+' || n[0] = '-') then "+" else ""
    let before = parts |> List.map (fun p -> whole p[0]) |> List.max

    let digits =
        match column.Format with
        | Fixed digits
        | Signed digits
        | PlusMinus digits
        | Range digits -> digits
        | Words
        | Whole
        | Probability -> 0

    // siunitx counts the digits of an uncertainty together, leading zeros left out.
    let significant (width: string) = max 1 (width.Replace(".", "").TrimStart('0').Length)
    let uncertain = parts |> List.choose (fun p -> if p.Length > 1 then Some(significant p[1]) else None)
    let suffix = if uncertain.IsEmpty then "" else $"({List.max uncertain})"
    let point = if digits = 0 then "" else $".{digits}"
    $"{sign}{before}{point}{suffix}"

/// How a column is set: by siunitx, or as text to the left or right.
type private Setting =
    | Numbers of format: string
    | Left
    | Right

let private settingOf (table: Table) (index: int) (column: Column) =
    let cells = [ for row in table.Rows -> row.Cells[index] ]

    match column.Format, cells |> List.choose (aligned column) with
    | Words, _ -> Left
    | _, [] -> Right
    | _, numbers -> Numbers(formatOf column numbers)

let private markText (mark: Mark) =
    match mark with
    | Unmarked -> ""
    | Better -> "\\rlap{$^{\\blacktriangle}$}"
    | Worse -> "\\rlap{$^{\\blacktriangledown}$}"

let private stand (standing: Standing) (text: string) =
    match standing with
    | Ordinary -> text
    | First -> $"\\textbf{{{text}}}"
    | Second -> $"\\underline{{{text}}}"

let private cellText (setting: Setting) (column: Column) (cell: Cell) (standing: Standing) =
    match setting, aligned column cell with
    | Numbers _, Some number when standing = Ordinary && cell.Mark = Unmarked -> number
    | Numbers format, Some number ->
        let inner = $"\\tablenum[table-format={format}]{{{number}}}"
        $"{{{stand standing inner}{markText cell.Mark}}}"
    | Numbers _, None -> $"{{{LatexText.escape (CellText.value column.Format cell.Value)}}}"
    | (Left | Right), _ ->
        stand standing (LatexText.escape (CellText.value column.Format cell.Value)) + markText cell.Mark

let private columnType (setting: Setting) =
    match setting with
    | Numbers format -> $"S[table-format={format}]"
    | Left -> "l"
    | Right -> "r"

let private line (cells: string list) = String.Join(" & ", cells) + " \\\\"

let private heading (table: Table) =
    let groups = Table.groups table

    [
        if groups |> List.exists (fun (name, _, _) -> name <> "") then
            line
                [
                    for name, _, count in groups ->
                        if name = "" then
                            String.replicate (count - 1) "& "
                        else
                            $"\\multicolumn{{{count}}}{{c}}{{{LatexText.escape name}}}"
                ]

            for name, first, count in groups do
                if name <> "" then
                    $"\\cmidrule(lr){{{first + 1}-{first + count}}}"
        line [ for column in table.Columns -> $"{{{LatexText.escape column.Name}}}" ]
    ]

let private body (table: Table) (settings: Setting list) =
    let rows = List.zip (Table.orderedRows table) (Table.standings table)

    [
        for i, (row, standings) in List.indexed rows do
            let isNew = i = 0 || (fst rows[i - 1]).Block <> row.Block

            if isNew && i > 0 then
                "\\addlinespace"

            if isNew && row.Block <> "" then
                $"\\multicolumn{{{table.Columns.Length}}}{{l}}{{\\itshape {LatexText.escape row.Block}}} \\\\"

            let cells = List.zip3 table.Columns row.Cells standings

            line (
                List.map2 (fun setting (column, cell, standing) -> cellText setting column cell standing) settings cells
            )
    ]

/// The table as a float with caption, label and notes; a table wider than the text is scaled down to it. `preamble` says
/// what the document must load.
let text (table: Table) =
    let settings = table.Columns |> List.mapi (settingOf table)
    let columns = settings |> List.map columnType |> String.concat ""

    [
        "\\begin{table}[htbp]"
        "\\centering"
        $"\\caption{{{LatexText.escape table.Caption}}}"
        $"\\label{{tab:{table.Label}}}"
        "\\vspace{4pt}"
        "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%"
        $"\\begin{{tabular}}{{{columns}}}"
        "\\toprule"
        yield! heading table
        "\\midrule"
        yield! body table settings
        "\\bottomrule"
        "\\end{tabular}}"
        match Table.notes table with
        | [] -> ()
        | notes ->
            let sentences = notes |> List.map LatexText.escape |> String.concat " "
            $"\\par\\smallskip\\begin{{minipage}}{{\\linewidth}}\\footnotesize {sentences}\\end{{minipage}}"
        "\\end{table}"
        ""
    ]
    |> String.concat "\n"
