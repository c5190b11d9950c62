/// Files of features as frames of texts, read by the library: strict, in the encoding that is said, plain or compressed.
module RobustMeta.Scripts.Preparation.RawTable

open Deedle
open RobustMeta.Data

let private frame (id: int) (columns: (string * int) list) (rows: TextRow list) : Frame<string, string> =
    let first = rows |> List.distinctBy (fun row -> row.Text(id, "an identifier"))
    let keys = first |> List.map (fun row -> row.Field id)
    let frame = Frame.ofRowKeys keys

    for name, column in columns do
        let present = first |> List.filter (fun row -> row.Field column <> "")
        frame.AddColumn(name, Series.ofObservations [ for row in present -> row.Field id => row.Field column ])

    frame

/// Columns of a file without a header, by their positions from 1; the first row of an identifier counts.
let byPosition (source: ReaderSource) (file: string) (dialect: FileDialect) (id: int) (columns: (string * int) list) =
    source.Rows(file, dialect) |> List.ofSeq |> frame id columns

/// Columns of a file whose first row names them; the dialect says `Header = false`, since that row is read too.
let byName (source: ReaderSource) (file: string) (dialect: FileDialect) (id: string) (columns: (string * string) list) =
    let rows = source.Rows(file, dialect) |> List.ofSeq
    let header = rows.Head
    let names = [ for column in 1 .. header.Count -> header.Field column ]

    let place name =
        match List.tryFindIndex ((=) name) names with
        | Some place -> place + 1
        | None -> raise (header.Error(1, $"a column '{name}' among %A{names}"))

    frame (place id) (columns |> List.map (fun (name, column) -> name, place column)) rows.Tail
