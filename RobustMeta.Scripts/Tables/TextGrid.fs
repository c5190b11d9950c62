/// A table as a grid of printed cells: what Markdown and the console share.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.TextGrid

/// A printed cell, its mark (empty: none) and its place among those of its column.
type Printed = { Value: string; Sign: string; Standing: Standing }

/// Headings, whether each column stands to the left, and the printed rows. Blocks have a column of their own, which names
/// each block once.
type Grid =
    {
        Header: string list
        Left: bool list
        Rows: Printed list list
        /// How many columns on the left say what a row is: block and first column, or the first column alone.
        Keys: int
    }

let private printed (column: Column) (cell: Cell) (standing: Standing) =
    {
        Value = CellText.value column.Format cell.Value
        Sign = CellText.mark cell.Mark
        Standing = standing
    }

/// A cell's text and mark.
let text (printed: Printed) = if printed.Sign = "" then printed.Value else $"{printed.Value} {printed.Sign}"

/// The grid of a table; texts are as they came, for the writer to make inert.
let ofTable (table: Table) : Grid =
    let rows = Table.orderedRows table
    let standings = Table.standings table

    let cells =
        List.map2 (fun (row: Row) standing -> List.map3 printed table.Columns row.Cells standing) rows standings

    let isLeft = [ for column in table.Columns -> column.Format = Words ]
    let header = table.Columns |> List.map Table.heading

    if Table.hasBlocks table then
        let blockOf i =
            let isFirst = i = 0 || rows[i - 1].Block <> rows[i].Block
            { Value = (if isFirst then rows[i].Block else ""); Sign = ""; Standing = Ordinary }

        {
            Header = "" :: header
            Left = true :: isLeft
            Rows = cells |> List.mapi (fun i own -> blockOf i :: own)
            Keys = 2
        }
    else
        { Header = header; Left = isLeft; Rows = cells; Keys = 1 }
