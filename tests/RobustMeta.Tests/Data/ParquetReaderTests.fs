module RobustMeta.Tests.Data.ParquetReaderTests

open System
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

/// Two groups of three rows, written by Apache Arrow 25 (C++), compressed by Snappy: user_id text, item_id int64, rating float
/// with a null in the second row, when a timestamp, tags a list of texts (["a", "b"], [], null), price double (1.5, null, NaN).
let private arrow =
    [
        "UEFSMRUEFRoVHkwVBBUAEgAADTACAAAAdTEDAAAAw7wyFQAVEhUWLBUGFRAVBhUGAAAJIAIAAAAGAQEDBBUEFTAVLkwVBhUAEgAAGAQKAAkBPB"
        "QAAAAAAAAAHgAAAAAAAAAVABUIFQwsFQYVEBUGFQYAAAQMAgMkABUEFRAVFEwVBBUAEgAACBwAAJBAAACAPxUAFRIVFiwVBhUQFQYVBgAACSAC"
        "AAAAAwUBAwIVBBUwFTRMFQYVABIAABhcAED6wQibBQAAoNHfHJsFAACwlAw7mwUAFQAVCBUMLBUGFRAVBhUGAAAEDAIDJAAVBBUUFRhMFQQVAB"
        "IAAAokAQAAAGEBAAAAYhUAFSAVJCwVCBUQFQYVBgAAEDwCAAAAAwIDAAAAAx8AAQMCFQQVIBUkTBUEFQASAAAQPAAAAAAAAPg/AAAAAAAA+P8V"
        "ABUSFRYsFQYVEBUGFQYAAAkgAgAAAAMFAQMCFQQVGhUeTBUEFQASAAANMAIAAAB1MQMAAADDvDIVABUSFRYsFQYVEBUGFQYAAAkgAgAAAAYBAQ"
        "MEFQQVMBUuTBUGFQASAAAYBAoACQE8eAAAAAAAAACCAAAAAAAAABUAFQgVDCwVBhUQFQYVBgAABAwCAyQAFQQVEBUUTBUEFQASAAAIHAAAYEAA"
        "AIA/FQAVEhUWLBUGFRAVBhUGAAAJIAIAAAADBQEDAhUEFTAVNEwVBhUAEgAAGFwAQPrBCJsFAACg0d8cmwUAABBsKk+bBQAVABUIFQwsFQYVEB"
        "UGFQYAAAQMAgMkABUEFRQVGEwVBBUAEgAACiQBAAAAYQEAAABiFQAVIBUkLBUIFRAVBhUGAAAQPAIAAAADAgMAAAADHwABAwIVBBUgFSRMFQQV"
        "ABIAABA8AAAAAAAA+D8AAAAAAAD4/xUAFRIVFiwVBhUQFQYVBgAACSACAAAAAwUBAwIZHBZCFTgWAAAZFg4AGRwWxAEVLhYAAAAZHBaiAhU4Fg"
        "AAABkcFqoDFS4WAAAAGRwWjAQVRhYAABkWBAAZHBaSBRU4FgAAABkcFoQGFTgWAAAZFg4AGRwWhgcVLhYAAAAZHBbkBxU4FgAAABkcFuwIFS4W"
        "AAAAGRwWzgkVRhYAABkWBAAZHBbUChU4FgAAABUEGZw1ABgGc2NoZW1hFQwAFQwlAhgHdXNlcl9pZCUATBwAAAAVBCUAGAdpdGVtX2lkJSRMrB"
        "NAEQAAABUIJQIYBnJhdGluZwAVBCUAGAR3aGVuJRRMjBEcLAAAAAAANQIYBHRhZ3MVAhUGTDwAAAA1BBgEbGlzdBUCABUMJQIYBGl0ZW0lAEwc"
        "AAAAFQolAhgFcHJpY2UAFgwZLBlsJgAcFQwZNQAGEBkYB3VzZXJfaWQVAhYGFmoWciZCJggpLBUEFQAVAgAVABUQFQIAPBYOGQYZJgAGAAAWjA"
        "sVGgAmABwVBBk1AAYQGRgHaXRlbV9pZBUCFgYWdhZ4JsQBJnopLBUEFQAVAgAVABUQFQIAABamCxUWACYAHBUIGTUABhAZGAZyYXRpbmcVAhYG"
        "FmAWaCaiAibyASksFQQVABUCABUAFRAVAgA8KQYZJgIEAAAWvAsVFgAmABwVBBk1AAYQGRgEd2hlbhUCFgYWdhZ+JqoDJtoCKSwVBBUAFQIAFQ"
        "AVEBUCAAAW0gsVFgAmABwVDBk1AAYQGTgEdGFncwRsaXN0BGl0ZW0VAhYIFnIWeiaMBCbYAyksFQQVABUCABUAFRAVAgA8FgQZJgYCGUYCAgAE"
        "AAAW6AsVHAAmABwVChk1AAYQGRgFcHJpY2UVAhYGFnAWeCaSBSbSBCksFQQVABUCABUAFRAVAgA8KQYZJgIEAAAWhAwVFgAWmAUWBiYIFsIFAB"
        "lsJgAcFQwZNQAGEBkYB3VzZXJfaWQVAhYGFmoWciaEBibKBSksFQQVABUCABUAFRAVAgA8Fg4ZBhkmAAYAABaaDBUcACYAHBUEGTUABhAZGAdp"
        "dGVtX2lkFQIWBhZ2FngmhgcmvAYpLBUEFQAVAgAVABUQFQIAABa2DBUWACYAHBUIGTUABhAZGAZyYXRpbmcVAhYGFmAWaCbkBya0ByksFQQVAB"
        "UCABUAFRAVAgA8KQYZJgIEAAAWzAwVFgAmABwVBBk1AAYQGRgEd2hlbhUCFgYWdhZ+JuwIJpwIKSwVBBUAFQIAFQAVEBUCAAAW4gwVFgAmABwV"
        "DBk1AAYQGTgEdGFncwRsaXN0BGl0ZW0VAhYIFnIWeibOCSaaCSksFQQVABUCABUAFRAVAgA8FgQZJgYCGUYCAgAEAAAW+AwVHAAmABwVChk1AA"
        "YQGRgFcHJpY2UVAhYGFnAWeCbUCiaUCiksFQQVABUCABUAFRAVAgA8KQYZJgIEAAAWlA0VFgAWmAUWBibKBRbCBQAoIHBhcnF1ZXQtY3BwLWFy"
        "cm93IHZlcnNpb24gMjUuMC4xGWwcAAAcAAAcAAAcAAAcAAAcAAAA6QMAAFBBUjE="
    ]
    |> String.concat ""
    |> Convert.FromBase64String

/// A file of Parquet.Net with one byte of its footer changed, the type of a field: the library alone does not end on it.
let private endless =
    [
        "UEFSMRUAFTAVLiwVBhUAFQYVBhwYCAMAAAAAAAAAGAgBAAAAAAAAABYAKAgDAAAAAAAAABgIAQAAAAAAAAAAAAAYBAEACQE8AgAAAAAAAAADAAAA"
        "AAAAABUAFTAVICwVBhUAFQYVBhwYCAEAAAAAAAAAGAgAAAAAAAAAABYAKAgBAAAAAAAAABgIAAAAAAAAAAAAAAAYBAEANgEAHAEAAAAAAAAAFQAV"
        "GBUcLBUGFQAVBhUGHBgEAADAPxgEAADAPxYAKAQAAMA/GAQAAMA/AAAADCwAAMA/AADA/wAAwD8VAhlMSARyb290FQYAFQQlABgHdXNlcl9pZCUk"
        "TKwTQBEAAAAVBCUAGAdpdGVtX2lkJSRMrBNAEQAAABUIJQAYBnJhdGluZwAWBhkcGTwmCBwVBBklAAYZGAd1c2VyX2lkFQIWBhaqARaoASYIPBgI"
        "AwAAAAAAAAAYCAEAAAAAAAAAxwAoCAMAAAAAAAAAGAgBAAAAAAAAAAAAACawARwVBBklAAYZGAdpdGVtX2lkFQIWBhaqARaaASawATwYCAEAAAAA"
        "AAAAGAgAAAAAAAAAABYAKAgBAAAAAAAAABgIAAAAAAAAAAAAAAAmygIcFQgZJQAGGRgGcmF0aW5nFQIWBhZyFnYmygI8GAQAAMA/GAQAAMA/FgAo"
        "BAAAwD8YBAAAwD8AAAAWxgMWBja4AwAoSlBhcnF1ZXQuTmV0IHZlcnNpb24gNi4xLjAgKGJ1aWxkIGMxNzlkOTdiZDI1NDliNWY0NGE5MjQxZTcy"
        "OWY4NjlkNDk0N2VlNTkpAHwBAABQQVIx"
    ]
    |> String.concat ""
    |> Convert.FromBase64String

let private table (lines: string) =
    $"[own]\nformat = \"parquet\"\nlabelThreshold = 4\ncolumns.ratings = \"r.parquet\"\n{lines}"

/// Reads the data set 'own' of a Parquet file, with further lines of its table.
let private read (lines: string) (bytes: byte[]) =
    let mutable read = Unchecked.defaultof<Ratings>

    within (fun root ->
        write (table lines) (Path.Combine(root, "catalog.toml"))
        writeBytes bytes (Path.Combine(root, "own", "r.parquet"))
        read <- load root "own")

    read

let private written rows columns =
    let mutable bytes = [||]

    within (fun root ->
        let path = Path.Combine(root, "r.parquet")
        ParquetFile.Write(path, rows, columns)
        bytes <- File.ReadAllBytes path)

    bytes

let private pairs =
    [|
        ParquetColumn<string * string * string>.Text("user", (fun (u, _, _) -> u))
        ParquetColumn<string * string * string>.Text("item", (fun (_, i, _) -> i))
        ParquetColumn<string * string * string>.Text("rating", (fun (_, _, r) -> r))
    |]

let private refused (parts: string list) (place: int64 * int) (read: unit -> Ratings) =
    match Expect.throwsC (fun () -> read () |> ignore) id with
    | :? DataFormatException as e ->
        Expect.equal (e.Line, e.Column) place e.Message

        for part in "r.parquet" :: parts do
            Expect.stringContains e.Message part "text"
    | other -> failtest $"expected a DataFormatException, found {other}"

let private features =
    "columns.items = \"r.parquet\"\ncolumns.itemsRepeats = \"first\"\ncolumns.itemFeatures = [\"tags:bag\", \"price:number\"]\n"

[<Tests>]
let tests =
    testList
        "reading Parquet"
        [
            testCase "a file of Arrow, its columns recognised, rows without a rating counted"
            <| fun () ->
                let own = read "columns.time = \"when\"\n" arrow

                Expect.equal
                    (rows own)
                    [ "u1", "10", 3.5; "\u00fc2", "30", 1.0; "\u00fc2", "130", 1.0 ]
                    "rows; the later row of a pair counts"

                let day n = DateTimeOffset(2020, 1, n, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds()
                Expect.equal (List.tail (times own)) [ day 3; day 4 ] "timestamps"
                Expect.equal (own.Report.Unrated, own.Report.Rows) (2L, 4L) "counts"

            testCase "lists become bags, nulls and NaN missing numbers"
            <| fun () ->
                let own = read features arrow
                Expect.equal (ofItem own "tags" "10") [ "a"; "b" ] "a list"
                Expect.isEmpty (ofItem own "tags" "20" @ ofItem own "tags" "30") "an empty list and none"

                let price (item: string) =
                    (own.ItemFeatures.Find "price" :?> FloatColumn).Values[own.Items.Find(item).Value]

                Expect.equal (price "10") 1.5f "a number"
                Expect.isTrue (Single.IsNaN(price "20") && Single.IsNaN(price "30")) "none"

            testCase "ratings as Parquet, features as text"
            <| fun () ->
                within (fun root ->
                    write
                        (table "columns.items = \"i.csv\"\ncolumns.itemFeatures = [\"kind\"]\n")
                        (Path.Combine(root, "catalog.toml"))

                    writeBytes arrow (Path.Combine(root, "own", "r.parquet"))
                    write "item_id;kind\n10;x\n" (Path.Combine(root, "own", "i.csv"))
                    Expect.equal (ofItem (load root "own") "kind" "10") [ "x" ] "feature")

            testCase "a column by its position, another's name refused with the nearest"
            <| fun () ->
                let own = read "columns.user = 1\ncolumns.item = 2\n" arrow
                Expect.equal own.Count 5 "every row a positive, pairs once"

                refused [ "raiting"; "did you mean 'rating'" ] (1L, 0) (fun () ->
                    read "columns.user = 1\ncolumns.item = 2\ncolumns.rating = \"raiting\"\n" arrow)

            testCase "a row without a user or with a text for a rating is refused by row and column"
            <| fun () ->
                let bytes = written [ "u1", "a", "5"; null, "b", "2" ] pairs
                refused [ "row 2, column 1"; "'user'"; "no value" ] (2L, 1) (fun () -> read "" bytes)
                let bytes = written [ "u1", "a", "5"; "u2", "b", "good" ] pairs
                refused [ "row 2, column 3"; "'rating'"; "good" ] (2L, 3) (fun () -> read "" bytes)

            testCase "a type that is none of a rating is refused by its column"
            <| fun () -> refused [ "'tags'"; "rating" ] (1L, 5) (fun () -> read "columns.rating = \"tags\"\n" arrow)

            testCase "a file cut short is refused"
            <| fun () ->
                for length in 0..7 .. arrow.Length - 1 do
                    match Expect.throwsC (fun () -> read "" arrow[.. length - 1] |> ignore) id with
                    | :? DataFormatException as e -> Expect.stringContains e.Message "r.parquet" "file"
                    | other -> failtest $"{length} bytes: {other}"

            testCase "a damaged footer is refused before the library reads it"
            <| fun () ->
                Expect.throwsC (fun () -> read "" endless |> ignore) (fun error ->
                    Expect.stringContains error.Message "expected a whole Parquet file" "message")

            testCase "a damaged byte is refused, or read as another value, and nothing else happens"
            <| fun () ->
                for at in 0..5 .. arrow.Length - 1 do
                    let changed = Array.copy arrow
                    changed[at] <- changed[at] ^^^ 0x41uy

                    try
                        read "" changed |> ignore
                    with :? DataFormatException ->
                        ()

            testCase "numbers of rows that do not fit the columns are refused, and never leave rows out"
            <| fun () ->
                let bytes =
                    written
                        [| 1; 2; 3 |]
                        [|
                            ParquetColumn<int>.Integer("user", int64)
                            ParquetColumn<int>.Integer("item", (fun row -> int64 (row % 2)))
                            ParquetColumn<int>.Single("rating", float32)
                        |]

                // A 64-bit field of 3 in the footer: rows in all, values of each column, rows of the group.
                let places =
                    [ for at in 1 .. bytes.Length - 1 -> at ]
                    |> List.filter (fun at -> bytes[at - 1] = 0x16uy && bytes[at] = 6uy)

                let outcomes =
                    [
                        for at in places do
                            for other in [ 2uy; 8uy ] do
                                let changed = Array.copy bytes
                                changed[at] <- other

                                try
                                    (read "" changed).Count
                                with :? DataFormatException ->
                                    0
                    ]

                Expect.equal (read "" bytes).Count 3 "as it was written"
                Expect.isGreaterThanOrEqual (List.filter ((=) 0) outcomes).Length 4 "refused: in all, and of the group"
                Expect.all outcomes (fun rows -> rows = 0 || rows = 3) "all rows or none"

            testCase "data check says what the columns are, and its table reads the file"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "ratings", "ratings.parquet")
                    writeBytes arrow path
                    let check = FileCheck.Of path
                    Expect.isNull check.Problem "read"
                    let struct (what, columns) = check.Detected[0]
                    Expect.equal what "columns" "first line"
                    Expect.stringContains columns "item_id (int64)" "type"
                    Expect.stringContains columns "tags (list of text)" "list"
                    write check.CatalogTable (Path.Combine(root, "catalog.toml"))
                    Expect.equal (rows (load root "ratings")) (rows check.Ratings) "the same")
        ]
