/// Tables as HTML, for pages whose script sorts rows by the values behind the printed cells.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.HtmlTable

open System
open System.Globalization

let private valueOf (cell: Cell) =
    match Cell.rank cell with
    | Some x when Double.IsFinite x -> " data-value=\"" + x.ToString("R", CultureInfo.InvariantCulture) + "\""
    | _ -> ""

let private cellText (column: Column) (cell: Cell) (standing: Standing) =
    let text = InertText.html (CellText.value column.Format cell.Value)

    let text =
        match standing with
        | Ordinary -> text
        | First -> $"<b>{text}</b>"
        | Second -> $"<u>{text}</u>"

    match cell.Mark with
    | Unmarked -> text
    | Better -> $"""{text}<span class="better" title="significantly better">▲</span>"""
    | Worse -> $"""{text}<span class="worse" title="significantly worse">▼</span>"""

let private side (column: Column) = if column.Format = Words then " class=\"words\"" else ""

let private heading (table: Table) =
    let groups = Table.groups table

    [
        if groups |> List.exists (fun (name, _, _) -> name <> "") then
            let cells = [ for name, _, count in groups -> $"""<th colspan="{count}">{InertText.html name}</th>""" ]
            $"""<tr class="groups">{String.Join("", cells)}</tr>"""

        let cells =
            [
                for column in table.Columns ->
                    $"""<th scope="col"{side column}><button type="button">{InertText.html column.Name}</button></th>"""
            ]

        $"""<tr>{String.Join("", cells)}</tr>"""
    ]

let private row (table: Table) (row: Row) (standings: Standing list) =
    let cells =
        List.map3
            (fun column cell standing -> $"<td{side column}{valueOf cell}>{cellText column cell standing}</td>")
            table.Columns
            row.Cells
            standings

    $"""<tr>{String.Join("", cells)}</tr>"""

/// A table element; each block of rows is a body of its own, which is sorted by itself.
let text (table: Table) =
    let rows = List.zip (Table.orderedRows table) (Table.standings table)

    [
        "<table>"
        if table.Caption <> "" then
            $"<caption>{InertText.html table.Caption}</caption>"
        "<thead>"
        yield! heading table
        "</thead>"
        for block, own in rows |> List.groupBy (fun (row, _) -> row.Block) do
            "<tbody>"

            if block <> "" then
                $"""<tr class="block"><th colspan="{table.Columns.Length}">{InertText.html block}</th></tr>"""

            for own, standings in own do
                row table own standings

            "</tbody>"
        "</table>"
        match Table.notes table with
        | [] -> ()
        | notes -> $"""<p class="notes">{notes |> List.map InertText.html |> String.concat " "}</p>"""
    ]
    |> String.concat "\n"
