/// Tables as Markdown.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.MarkdownTable

open System

let private cell (printed: TextGrid.Printed) =
    let text = InertText.markdown (TextGrid.text printed)

    match printed.Standing with
    | Ordinary -> text
    | First -> $"**{text}**"
    | Second -> $"<u>{text}</u>"

/// The table alone, its columns aligned also where the text is read as it is.
let grid (table: Table) =
    let grid = TextGrid.ofTable table
    let rows = List.map InertText.markdown grid.Header :: [ for row in grid.Rows -> List.map cell row ]
    let widths = List.transpose rows |> List.map (List.map String.length >> List.max)

    let line cells =
        List.map3
            (fun isLeft width (cell: string) -> if isLeft then cell.PadRight width else cell.PadLeft width)
            grid.Left
            widths
            cells
        |> String.concat " | "
        |> fun text -> $"| {text} |"

    let rule =
        List.map2
            (fun isLeft width ->
                if isLeft then
                    String('-', max 3 width)
                else
                    String('-', max 2 (width - 1)) + ":")
            grid.Left
            widths
        |> String.concat " | "
        |> fun text -> $"| {text} |"

    line rows.Head :: rule :: List.map line rows.Tail |> String.concat "\n" |> fun text -> text + "\n"

/// Caption, table and notes.
let text (table: Table) =
    [
        if table.Caption <> "" then
            $"**{InertText.markdown table.Caption}**\n"
        grid table
        match Table.notes table with
        | [] -> ()
        | notes -> (notes |> List.map InertText.markdown |> String.concat " ") + "\n"
    ]
    |> String.concat "\n"
