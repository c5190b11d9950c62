/// Columns of a Parquet file as the texts that CSV has for them.
module RobustMeta.Tests.ParquetColumns

open System
open System.Globalization
open Parquet
open Parquet.Schema

let private text (value: float32) =
    if Single.IsNaN value then
        ""
    else
        value.ToString("R", CultureInfo.InvariantCulture)

/// Names of the columns, each with its values; nulls and NaN are empty.
let read (path: string) : (string * string list) list =
    task {
        use! reader = ParquetReader.CreateAsync(path: string)
        let fields = reader.Schema.GetDataFields() |> List.ofArray

        let cells (group: int) (field: DataField) =
            use group = reader.OpenRowGroupReader group
            let count = int group.RowCount

            if field.ClrType <> typeof<float32> then
                let values: string[] = Array.zeroCreate count
                group.ReadAsync(field, values.AsMemory()).AsTask().Wait()
                [ for value in values -> if isNull value then "" else value ]
            else
                let values: float32[] = Array.zeroCreate count
                group.ReadAsync(field, values.AsMemory()).AsTask().Wait()
                [ for value in values -> text value ]

        return
            [
                for field in fields ->
                    field.Name,
                    [
                        for group in 0 .. reader.RowGroupCount - 1 do
                            yield! cells group field
                    ]
            ]
    }
    |> _.Result
