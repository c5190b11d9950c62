/// Tables as CSV: numbers as they were measured, not as they are printed; texts that no spreadsheet takes for a formula.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.CsvTable

open RobustMeta.Runtime

/// The header's further names of a column: an estimate has four fields, a marked column one more.
let private fields (table: Table) (index: int) (column: Column) =
    let cells = [ for row in table.Rows -> row.Cells[index] ]
    let name = InertText.csv (Table.heading column)

    let isEstimate (cell: Cell) = cell.Value.IsEstimate
    let hasEstimates = List.exists isEstimate cells
    let hasMarks = cells |> List.exists (fun cell -> cell.Mark <> Unmarked)

    let names =
        [
            name
            if hasEstimates then
                $"{name} low"
                $"{name} high"
                $"{name} n"
            if hasMarks then
                $"{name} mark"
        ]

    let number (x: float) : obj = if System.Double.IsFinite x then x :> obj else ""

    let values (cell: Cell) : obj list =
        [
            match cell.Value with
            | CellValue.Missing -> ""
            | CellValue.Text text -> InertText.csv text
            | CellValue.Count n -> n
            | CellValue.Number x
            | CellValue.PValue x -> number x
            | CellValue.Estimate i -> number i.Mean
            if hasEstimates then
                match cell.Value with
                | CellValue.Estimate i ->
                    number i.Low
                    number i.High
                    i.Count
                | _ ->
                    ""
                    ""
                    ""
            if hasMarks then
                match cell.Mark with
                | Unmarked -> ""
                | Better -> "better"
                | Worse -> "worse"
        ]

    names, values

/// Header and rows, each row under its block where there are blocks; lines end with a line feed.
let text (table: Table) =
    let columns = table.Columns |> List.mapi (fields table)
    let hasBlocks = Table.hasBlocks table

    let header =
        [
            if hasBlocks then
                "block"
            yield! List.collect fst columns
        ]

    let rows =
        [
            for row in Table.orderedRows table ->
                Seq.ofList
                    [
                        if hasBlocks then
                            box (InertText.csv row.Block)
                        yield! List.map2 (fun (_, values) cell -> values cell) columns row.Cells |> List.concat
                    ]
        ]

    CsvText.Table(header, rows)
