/// One self-contained folder of a report: the page, the paper, and every table, figure and number behind it.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ReportFolder

open System.IO
open RobustMeta.Runtime

/// What was written, and why figures are HTML only where no browser is installed.
type Written =
    {
        /// The page to open first.
        Index: string
        Missing: string option
    }

let private writeTables (inside: string -> string) (tables: (string * Table) list) =
    for folder, table in tables do
        let file extension = Path.Combine(inside folder, $"{table.Label}.{extension}")
        CsvText.Write(file "md", MarkdownTable.text table)
        CsvText.Write(file "csv", CsvTable.text table)
        CsvText.Write(file "tex", LatexTable.text table)

let private requireOwnLabels (tables: Table list) =
    match tables |> List.countBy _.Label |> List.tryFind (fun (_, count) -> count > 1) with
    | Some(label, count) ->
        invalidArg
            (nameof tables)
            $"{count} tables have the label '{label}': each needs one of its own, as its files are named by it"
    | None -> ()

/// Writes a report with a browser for its vector figures, or without.
let writeWith (browser: string option) (folder: string) (report: Report) : Written =
    let report = ReportContent.complete report
    let tables, figures = ReportContent.tables report, ReportContent.figures report
    requireOwnLabels tables
    let inside name = Directory.CreateDirectory(Path.Combine(folder, name)).FullName
    let exported = FigureExport.saveWith browser (inside "figures") figures
    let hasVector = exported.Missing.IsNone
    writeTables inside (ReportContent.placedTables report)

    for folder, figure in ReportContent.placedFigures report do
        if not figure.Data.Rows.IsEmpty then
            CsvText.Write(Path.Combine(inside folder, figure.Name + ".csv"), CsvTable.text figure.Data)

    CsvText.Write(Path.Combine(folder, "paper.tex"), ReportPaper.text hasVector report)
    let index = Path.Combine(folder, "index.html")
    CsvText.Write(index, ReportPage.text hasVector report)
    { Index = index; Missing = exported.Missing }

/// The same with the installed Chromium, if there is one.
let write (folder: string) (report: Report) : Written = writeWith (Chromium.find ()) folder report
