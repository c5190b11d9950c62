/// What every reader must do, whoever wrote it: `suite reader` on a reader of one's own gives its tests.
module RobustMeta.Tests.Data.ReaderContractTests

open System
open System.IO
open System.Text
open Expecto
open RobustMeta.Data
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

let private entryOf (reader: DatasetReader) =
    CatalogEntry(
        Name = "example",
        Format = reader.Format,
        LabelThreshold = 4.0,
        Columns = reader.Example.Columns,
        Options = reader.Example.Options
    )

/// Reads the example's files after the ratings file, the first one, was changed.
let private readWith (reader: DatasetReader) (change: byte[] -> byte[]) gzip =
    let mutable read = Unchecked.defaultof<Ratings>

    within (fun root ->
        if not (isNull reader.Example.Write) then
            reader.Example.Write.Invoke root

        for i, struct (file, text) in Seq.indexed reader.Example.Files do
            let bytes = Encoding.UTF8.GetBytes text
            let path = Path.Combine(root, file)

            if i > 0 then writeBytes bytes path
            elif gzip then writeGzip (Encoding.UTF8.GetString(change bytes)) (path + ".gz")
            else writeBytes (change bytes) path

        read <- reader.Read(ReaderSource(entryOf reader, root)))

    read

let private expected (reader: DatasetReader) =
    [ for struct (user, item, value) in reader.Example.Rows -> user, item, float value ]

let private fileOf (reader: DatasetReader) =
    let struct (file, _) = reader.Example.Files[0]
    file

let private textOf (reader: DatasetReader) =
    let struct (_, text) = reader.Example.Files[0]
    text

/// A typed error at the ratings file; line and column are 0 or more, and the message says them.
let private refused (reader: DatasetReader) what (read: unit -> Ratings) =
    match Expect.throwsC (fun () -> read () |> ignore) id with
    | :? DataFormatException as e ->
        Expect.stringContains e.File (fileOf reader) $"{what}: file of {e.Message}"
        e
    | other -> failtest $"{what}: expected a DataFormatException, found {other}"

let private lines (bytes: byte[]) =
    Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries) |> List.ofArray

let private unlines (lines: string list) = Encoding.UTF8.GetBytes(String.concat "\n" lines + "\n")

/// Splits the lines of the ratings file into header and rows, and changes the rows.
let private withRows (reader: DatasetReader) (change: string list -> string list) bytes =
    let header, rows = lines bytes |> List.splitAt reader.Example.HeaderLines
    unlines (header @ change rows)

/// Contract tests of a reader: those of this library pass it, and a reader of one's own can be handed to it.
let suite (reader: DatasetReader) =
    let isText = isNull reader.Example.Write

    testList
        reader.Format
        [
            testCase "the example is read as it says"
            <| fun () ->
                Expect.equal (rows (readWith reader id false)) (expected reader) "rows"
                Expect.isNonEmpty reader.Meaning "a sentence about the format"

            if isText then
                testCase "compressed files are the same"
                <| fun () -> Expect.equal (rows (readWith reader id true)) (expected reader) "rows"

                testCase "lines may end with CRLF, and the last needs no end"
                <| fun () ->
                    let crlf (bytes: byte[]) =
                        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("\n", "\r\n"))

                    Expect.equal (rows (readWith reader crlf false)) (expected reader) "CRLF"

                    Expect.equal
                        (rows (readWith reader (fun b -> b[.. b.Length - 2]) false))
                        (expected reader)
                        "no last end"

                testCase "the order of rows does not matter"
                <| fun () ->
                    if not reader.Example.UsersAreLines then
                        let reversed = readWith reader (withRows reader List.rev) false
                        Expect.equal (List.sort (rows reversed)) (List.sort (expected reader)) "rows"

                testCase "a file without ratings is refused"
                <| fun () ->
                    refused reader "empty" (fun () -> readWith reader (fun _ -> [||]) false) |> ignore

                    if reader.Example.HeaderLines > 0 then
                        refused reader "header only" (fun () -> readWith reader (withRows reader (fun _ -> [])) false)
                        |> ignore

                testCase "a row cut short is refused by its line"
                <| fun () ->
                    let cut (rows: string list) =
                        let last = List.last rows
                        List.truncate (rows.Length - 1) rows @ [ last[.. last.Length / 3] ]

                    let count = lines (Encoding.UTF8.GetBytes(textOf reader)) |> List.length

                    let error = refused reader "cut" (fun () -> readWith reader (withRows reader cut) false)
                    Expect.equal error.Line (int64 count) $"line of {error.Message}"

                testCase "a compressed file cut short is refused"
                <| fun () ->
                    within (fun root ->
                        for struct (file, text) in reader.Example.Files do
                            write text (Path.Combine(root, file))

                        let path = Path.Combine(root, fileOf reader)
                        // Rows of other users, so that a cut may fall between two lines; the text is not used twice.
                        writeGzip (File.ReadAllText path) (path + ".gz")
                        File.Delete path
                        let bytes = File.ReadAllBytes(path + ".gz")

                        for length in 0 .. bytes.Length - 1 do
                            writeBytes bytes[.. length - 1] (path + ".gz")

                            refused reader $"{length} of {bytes.Length} bytes" (fun () ->
                                reader.Read(ReaderSource(entryOf reader, root)))
                            |> ignore)

                testCase "a line beyond the limit is refused"
                <| fun () ->
                    within (fun root ->
                        for struct (file, text) in reader.Example.Files do
                            write text (Path.Combine(root, file))

                        let entry =
                            CatalogEntry(
                                Name = "example",
                                Format = reader.Format,
                                LabelThreshold = 4.0,
                                Columns = reader.Example.Columns,
                                Options = reader.Example.Options,
                                Limits = ReadLimits(LineBytes = 70_000L)
                            )

                        let long =
                            withRows
                                reader
                                (fun rows -> rows.Head + String('7', 200_000) :: rows.Tail)
                                (File.ReadAllBytes(Path.Combine(root, fileOf reader)))

                        writeBytes long (Path.Combine(root, fileOf reader))

                        let error = refused reader "long" (fun () -> reader.Read(ReaderSource(entry, root)))
                        Expect.isLessThan error.Message.Length 600 "the message does not repeat the line")
        ]

/// A reader as a user writes it, in F#.
type private Pairs() =
    inherit DatasetReader()
    override _.Format = "pairs"
    override _.Meaning = "user and item, blank separated; every line is a positive"
    override _.FilesOf _ = [| "pairs.txt" |]

    override _.Example =
        ReaderExample(
            [| struct ("pairs.txt", "ann tea\nbob tea\nann rum\n") |],
            [| struct ("ann", "tea", 1f); struct ("bob", "tea", 1f); struct ("ann", "rum", 1f) |]
        )

    override _.ReadFrom source =
        let rows = source.Rows("pairs.txt", FileDialect(Separator = " ", Header = false))
        Ratings.Of(source.Name, seq { for row in rows -> struct (row.Text(1, "a user"), row.Text(2, "an item"), 1f) })

let private extension =
    testCase "a reader of one's own is found by its name"
    <| fun () ->
        DatasetReader.Registry.Replace(Pairs())

        within (fun root ->
            write "[mine]\nformat = \"pairs\"\nfeedback = \"positives\"\n" (Path.Combine(root, "catalog.toml"))
            write "ann tea\nbob tea\n" (Path.Combine(root, "mine", "pairs.txt"))
            Expect.equal (rows (load root "mine")) [ "ann", "tea", 1.0; "bob", "tea", 1.0 ] "rows"
            Expect.equal (DatasetCatalog([ root ], null).Load("mine").Feedback) FeedbackKind.Positives "feedback")

[<Tests>]
let tests =
    testList
        "reader contract"
        [
            yield! DatasetReader.Registry.All.Values |> Seq.filter (fun r -> r.Format <> "pairs") |> Seq.map suite
            suite (Pairs())
            extension
        ]
