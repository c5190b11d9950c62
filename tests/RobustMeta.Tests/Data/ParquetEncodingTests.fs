/// Parquet as another library writes it: every form of pages, encoding and compression, compared with the formulas that the values
/// were made by; and the same files damaged.
module RobustMeta.Tests.Data.ParquetEncodingTests

open System
open System.Globalization
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Data.Reading
open RobustMeta.Tests
open RobustMeta.Tests.TempFolder

/// Files of Apache Arrow 25 (C++): 170 rows and 130. Their names say how values are written, the form of the pages, and how they
/// are compressed; `dictionary-1-snappy` and `plain-2-brotli` have checksums of their pages.
let private folder = Path.Combine(AppContext.BaseDirectory, "Data", "arrow")

let private files =
    [
        "dictionary-1-snappy"
        "dictionary-2-lz4raw"
        "dictionary-1-lz4frame"
        "plain-1-none"
        "plain-2-brotli"
        "delta-2-zstd"
        "split-1-gzip"
    ]

let private rows = 300

let private shown (value: float) =
    if value = Math.Floor value then
        (int64 value).ToString CultureInfo.InvariantCulture
    else
        value.ToString("R", CultureInfo.InvariantCulture)

let private time (add: DateTime -> DateTime) =
    (add (DateTime(2020, 1, 1))).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)

/// The columns: each value as text, empty where there is none.
let private columns: (string * string * (int -> string)) list =
    [
        "user", "text", (fun i -> $"u{i % 17}\u00fc")
        "item", "int64", (fun i -> string (int64 i * int64 i - 40000L * int64 (i % 3)))
        "small", "int32", (fun i -> if i % 5 = 0 then "" else string (i - 150))
        "rating", "single", (fun i -> shown (float (i % 9) / 2.0))
        "price", "double", (fun i -> if i % 7 = 3 then "" else shown (float i * 0.1))
        "flag", "boolean", (fun i -> if i % 3 = 0 then "true" else "false")
        "whenMillis", "datetime", (fun i -> time _.AddHours(float i))
        "whenMicros", "datetime", (fun i -> if i % 11 = 0 then "" else time _.AddMinutes(float i))
        "whenNanos", "datetime", (fun i -> time _.AddSeconds(float i))
        "day", "date", (fun i -> time _.AddDays(float i))
        "cost", "decimal", (fun i -> (decimal i / 8m - 10m).ToString("F3", CultureInfo.InvariantCulture))
        "uid", "guid", (fun i -> string (Guid(i, 1s, 2s, 3uy, 4uy, 5uy, 6uy, 7uy, 8uy, 9uy, 10uy)))
        "big", "uint64", (fun i -> string (UInt64.MaxValue - uint64 i))
        "count", "uint32", (fun i -> string (UInt32.MaxValue - uint32 i))
        "few", "int32", (fun i -> string (i - 100))
        "tags",
        "list of text",
        (fun i ->
            [
                for k in 0 .. i % 4 - 2 do
                    if k <> 1 then
                        $"t{(i + k) % 6}"
            ]
            |> String.concat " ")
        "half", "half", (fun i -> shown (float i / 4.0))
    ]

let private path (name: string) = Path.Combine(folder, $"{name}.parquet")

/// All values of a file, row by row, as texts.
let private texts (path: string) =
    use records = new ParquetRecords(path, ReadLimits.Default)

    [
        while records.TryRead() do
            [ for field in 0 .. records.Count - 1 -> records.Text field ]
    ]

/// What damaged bytes are read as; nothing where they are refused.
let private damaged (bytes: byte[]) =
    let mutable read = None

    within (fun root ->
        let path = Path.Combine(root, "r.parquet")
        File.WriteAllBytes(path, bytes)

        try
            read <- Some(texts path)
        with :? DataFormatException as error ->
            Expect.stringContains error.Message "r.parquet" "names the file")

    read

let private flipped (bytes: byte[]) (at: int) (bit: int) =
    let changed = Array.copy bytes
    changed[at] <- changed[at] ^^^ (1uy <<< bit)
    changed

[<Tests>]
let tests =
    testList
        "Parquet of Arrow"
        [
            for name in files do
                testCase $"{name}: every value is what it was made of"
                <| fun () ->
                    use records = new ParquetRecords(path name, ReadLimits.Default)

                    Expect.sequenceEqual
                        (Seq.zip records.Names records.Types)
                        [ for name, kind, _ in columns -> name, kind ]
                        "columns"

                    for i in 0 .. rows - 1 do
                        Expect.isTrue (records.TryRead()) $"row {i}"

                        for field, (column, kind, value) in List.indexed columns do
                            let expected = value i
                            Expect.equal (records.Text field) expected $"{column} of row {i}"
                            Expect.equal (records.IsNull field) (expected = "") $"{column} of row {i}, null"

                            match Double.TryParse(expected, CultureInfo.InvariantCulture) with
                            | true, number when kind <> "text" && not (kind.StartsWith "list") ->
                                let found = records.Number(field, "a number")
                                Expect.floatClose Accuracy.high found number $"{column} of row {i}, number"
                            | _ -> ()

                    Expect.isFalse (records.TryRead()) "the end"

                testCase $"{name}: a flipped bit is refused, or read, and nothing else happens"
                <| fun () ->
                    let bytes = File.ReadAllBytes(path name)

                    for at in 0 .. bytes.Length / 40 .. bytes.Length - 1 do
                        damaged (flipped bytes at (at % 8)) |> ignore

                testCase $"{name}: cut short it is refused"
                <| fun () ->
                    let bytes = File.ReadAllBytes(path name)

                    for length in 0 .. bytes.Length / 40 .. bytes.Length - 1 do
                        Expect.isNone (damaged bytes[.. length - 1]) $"{length} bytes"

            testCase "where pages have checksums, no flipped bit of a page changes a value"
            <| fun () ->
                let name = "plain-2-brotli"
                let bytes = File.ReadAllBytes(path name)
                let whole = texts (path name)
                let mutable refused = 0

                for at in 4..41..4000 do
                    match damaged (flipped bytes at (at % 7)) with
                    | None -> refused <- refused + 1
                    | Some read -> Expect.equal read whole $"byte {at}"

                Expect.isGreaterThan refused 80 "refused"

            testCase "texts that are no UTF-8 are refused: two of them would become one"
            <| fun () ->
                let bytes = File.ReadAllBytes(path "plain-1-none")
                // The second byte of ü.
                let at = Array.IndexOf(bytes, 0xBCuy)
                Expect.isNone (damaged (flipped bytes at 6)) "refused"

            testCase "a page that says it holds two thousand million texts is refused in little memory"
            <| fun () ->
                let bytes = HostileParquet.manyLengths
                let before = GC.GetAllocatedBytesForCurrentThread()
                Expect.isNone (damaged bytes) "refused"
                Expect.isLessThan (GC.GetAllocatedBytesForCurrentThread() - before) (16L <<< 20) "memory"

            testCase "columns in groups that lie in one another are refused beyond a depth that none is written to"
            <| fun () ->
                Expect.equal (damaged (HostileParquet.nested 3)) (Some []) "no rows"
                Expect.isNone (damaged (HostileParquet.nested 50_000)) "refused"

            testCase "more columns than the limit are refused"
            <| fun () ->
                let path = path "plain-1-none"
                use records = new ParquetRecords(path, ReadLimits(Columns = 17L))
                Expect.equal records.Count 17 "as many as there may be"

                Expect.throwsC (fun () -> new ParquetRecords(path, ReadLimits(Columns = 16L)) |> ignore) (fun error ->
                    Expect.isTrue (error :? DataFormatException) $"{error}"
                    Expect.stringContains error.Message "plain-1-none.parquet" "names the file"
                    Expect.stringContains error.Message "at most 16 columns" "expected"
                    Expect.stringContains error.Message "raise 'columns'" "remedy")

            testCase "columns beyond the limit are refused while they are read, before there is room for all of them"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "r.parquet")
                    let bytes = HostileParquet.wide 400_000
                    File.WriteAllBytes(path, bytes)
                    let before = GC.GetAllocatedBytesForCurrentThread()

                    Expect.throwsC (fun () -> new ParquetRecords(path, ReadLimits.Default) |> ignore) (fun error ->
                        Expect.isTrue (error :? DataFormatException) $"{error}"
                        Expect.stringContains error.Message "at most 100,000 columns" "expected")

                    let taken = GC.GetAllocatedBytesForCurrentThread() - before
                    Expect.isLessThan taken (40L <<< 20) "memory")

            testCase "more rows than a file of its size can have are refused before they are read"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "r.parquet")

                    ParquetFile.Write(
                        path,
                        Seq.init 8_500_000 id,
                        [| ParquetColumn<int>.Text("user", (fun _ -> null)) |]
                    )

                    Expect.throwsC (fun () -> new ParquetRecords(path, ReadLimits.Default) |> ignore) (fun error ->
                        Expect.isTrue (error :? DataFormatException) $"{error}"
                        Expect.stringContains error.Message "8,500,000 rows" "found"
                        Expect.stringContains error.Message "raise 'ratio'" "remedy"))
        ]
