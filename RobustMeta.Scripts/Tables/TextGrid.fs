/// A table as a grid of printed cells: what Markdown and the console share.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.TextGrid

/// A printed cell and its place among those of its column.
type Printed = { Text: string; Standing: Standing }

/// Headings, whether each column stands to the left, and the printed rows. Blocks have a column of their own, which names
/// each block once.
type Grid = { Header: string list; Left: bool list; Rows: Printed list list }

let private printed (column: Column) (cell: Cell) (standing: Standing) =
    let mark = CellText.mark cell.Mark
    let text = CellText.value column.Format cell.Value
    { Text = (if mark = "" then text else $"{text} {mark}"); Standing = standing }

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
            { Text = (if isFirst then rows[i].Block else ""); Standing = Ordinary }

        {
            Header = "" :: header
            Left = true :: isLeft
            Rows = cells |> List.mapi (fun i own -> blockOf i :: own)
        }
    else
        { Header = header; Left = isLeft; Rows = cells }
