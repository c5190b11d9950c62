module RobustMeta.Tests.Data.ParquetFileTests

open System
open System.IO
open Expecto
open Parquet
open RobustMeta.Data
open RobustMeta.Tests.TempFolder

type private Row = { User: string; Place: int64; Score: float; Rating: float32 }

let private row i =
    {
        User = if i % 7 = 3 then null else $"u{i % 1000}"
        Place = int64 i * 1_000_000_007L
        Score = if i = 5 then nan else float i / 3.0
        Rating = float32 (i % 5)
    }

let private columns =
    [|
        ParquetColumn<Row>.Text("user", _.User)
        ParquetColumn<Row>.Integer("place", _.Place)
        ParquetColumn<Row>.Number("score", _.Score)
        ParquetColumn<Row>.Single("rating", _.Rating)
    |]

/// The rows of a file, read back by the library.
let private read path =
    task {
        use! reader = ParquetReader.CreateAsync(path: string)

        return
            [
                for group in 0 .. reader.RowGroupCount - 1 do
                    use group = reader.OpenRowGroupReader group
                    let count = int group.RowCount
                    let field name = reader.Schema.FindDataField(name: string)
                    let users: string[] = Array.zeroCreate count
                    let places: int64[] = Array.zeroCreate count
                    let scores: float[] = Array.zeroCreate count
                    let ratings: float32[] = Array.zeroCreate count
                    group.ReadAsync(field "user", users.AsMemory()).AsTask().Wait()
                    group.ReadAsync(field "place", places.AsMemory()).AsTask().Wait()
                    group.ReadAsync(field "score", scores.AsMemory()).AsTask().Wait()
                    group.ReadAsync(field "rating", ratings.AsMemory()).AsTask().Wait()

                    for i in 0 .. count - 1 ->
                        { User = users[i]; Place = places[i]; Score = scores[i]; Rating = ratings[i] }
            ]
    }
    |> _.Result

[<Tests>]
let tests =
    testList
        "writing Parquet"
        [
            for count in [ 0; 3; ParquetFile.RowsOfGroup; 2 * ParquetFile.RowsOfGroup + 11 ] do
                testCase $"{count} rows are read back as they were, nulls and NaN too"
                <| fun () ->
                    within (fun root ->
                        let path = Path.Combine(root, "t.parquet")
                        ParquetFile.Write(path, Seq.init count row, columns)
                        // Structural equality with NaN equal to itself.
                        let same = List.forall2 (fun (a: Row) (b: Row) -> a.Equals b) (read path) (List.init count row)
                        Expect.isTrue same "rows")

            testCase "the same rows give the same bytes"
            <| fun () ->
                within (fun root ->
                    let write name =
                        let path = Path.Combine(root, name)
                        ParquetFile.Write(path, Seq.init 1000 row, columns)
                        File.ReadAllBytes path

                    Expect.equal (write "a.parquet") (write "b.parquet") "bytes")

            testCase "rows that fail leave the old file as it was, and nothing beside it"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "t.parquet")
                    File.WriteAllText(path, "old")

                    let rows =
                        seq {
                            row 1
                            failwith "no more"
                        }

                    Expect.throws (fun () -> ParquetFile.Write(path, rows, columns)) "the error of the rows"
                    Expect.equal (File.ReadAllText path) "old" "old file"
                    Expect.equal (Directory.GetFiles root).Length 1 "files")

            testCase "a table without columns or with two of one name is refused"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "t.parquet")

                    Expect.throwsT<ArgumentException>
                        (fun () -> ParquetFile.Write(path, Seq.init 1 row, Array.empty<ParquetColumn<Row>>))
                        "none"

                    Expect.throwsT<ArgumentException>
                        (fun () -> ParquetFile.Write(path, Seq.init 1 row, [| columns[0]; columns[0] |]))
                        "twice")
        ]
