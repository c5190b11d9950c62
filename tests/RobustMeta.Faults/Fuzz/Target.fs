/// What is fuzzed: each reader of files takes bytes, and ends with a value or with its own kind of error.
module RobustMeta.Faults.Fuzz.Target

open System
open System.IO
open System.Text
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Training

/// First argument of the process that afl-fuzz feeds.
[<Literal>]
let Marker = "--fuzz"

/// A reader by its name, bytes that it takes, and the reading itself. Seeds are made when asked for: a library that SharpFuzz has
/// changed can run inside its loop alone.
type Target = { Name: string; Seeds: unit -> byte[] list; Read: byte[] -> unit }

let private utf8 (text: string) = Encoding.UTF8.GetBytes text
let private folder = lazy RobustMeta.Tests.TempFolder.untilExit ()

/// The bytes as a file of the folder.
let private file (name: string) (bytes: byte[]) =
    let path = Path.Combine(folder.Value, name)
    File.WriteAllBytes(path, bytes)
    path

let private ratings =
    utf8 "user,item,rating,time\nu1,i1,5,1000000000\n\"u,2\",i1,3.5,1000000060\nu1,\"i\"\"2\",-1e1,1000000120\n"

let private catalogText =
    "[own]\nformat = \"delimited\"\nlabelThreshold = 4\nuserFeatures = []\n[own.columns]\nratings = \"r.csv\"\nuser = 1\nitem = \"item\"\nseparator = \",\"\n[own.files]\n\"r.csv\" = \"\"\n[own.limits]\nrows = 10\n"

let private array () =
    let arrays = SafetensorsFile()
    arrays.Metadata["a"] <- "b"
    arrays.Add("x", [| 1.0f; 2.0f |], 2)
    arrays.Add("y", [| 1; 2; 3; 4 |], 2, 2)
    let path = Path.Combine(folder.Value, "seed.safetensors")
    arrays.Save path
    File.ReadAllBytes path

let private results () =
    let path = Path.Combine(folder.Value, "seed.csv")

    ResultTable.Write(
        path,
        [| UserResult("MeLU", 0, "u1", "NDCG@10", 0.5); UserResult("bias", 1, "\"u\"", "MAE", 1e-9) |]
    )

    File.ReadAllBytes path

/// Files of RecBole in one input, with zeros between: interactions, users, items.
let private recbole =
    [
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\nu1\ti1\t4.5\t880000000\nu1\ti2\t1\t880000060\n"
        "user_id:token\tage:float\tv:float_seq\nu1\t24\t0.5 1\nu2\t\t\n"
        "item_id:token\tgenre:token_seq\tyear:token\ni1\ta b\t1999\ni2\t\t\n"
    ]

let private readRecBole (bytes: byte[]) =
    let folder = Path.Combine(folder.Value, "recbole")
    Directory.CreateDirectory folder |> ignore
    let parts = (Encoding.Latin1.GetString bytes).Split('\000', 3)

    for i, ending in List.indexed [ "inter"; "user"; "item" ] do
        let path = Path.Combine(folder, $"d.{ending}")

        if i < parts.Length then
            File.WriteAllBytes(path, Encoding.Latin1.GetBytes parts[i])
        else
            File.Delete path

    ReaderSource(CatalogEntry(Name = "fuzz", Format = "recbole", LabelThreshold = 4.0), folder).Read() |> ignore

/// Parquet files as our writer makes them, columns that are always there and those with nulls; those of another library, in all forms
/// of pages, encodings and compressions; and small ones that broke that library.
let private parquet () =
    let path = Path.Combine(folder.Value, "seed.parquet")

    let written (columns: ParquetColumn<int> list) =
        ParquetFile.Write(path, [| 1; 2; 3 |], columns)
        File.ReadAllBytes path

    let ids =
        [
            ParquetColumn.Text("user_id", fun row -> if row = 3 then null else $"u{row}")
            ParquetColumn.Text("item_id", fun row -> $"i{row % 2}")
        ]

    let others = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "arrow")) |> Array.sort

    [
        yield! Array.map File.ReadAllBytes others
        RobustMeta.Tests.HostileParquet.manyLengths
        RobustMeta.Tests.HostileParquet.nested 3
        RobustMeta.Tests.HostileParquet.nested 40
        RobustMeta.Tests.HostileParquet.wide 20
        written (
            ids
            @ [
                ParquetColumn.Number("rating", fun row -> float row)
                ParquetColumn.Integer("timestamp", fun row -> 1000000000L + int64 row)
            ]
        )
        written (
            [ ParquetColumn.Integer("user_id", int64); ParquetColumn.Integer("item_id", fun row -> int64 (row % 2)) ]
            @ [ ParquetColumn.Single("rating", fun row -> if row = 2 then nanf else 1.5f) ]
        )
    ]

let private study =
    "seeds = [1]\n[shared]\nepoch = 1\n[data.a]\ndataset = \"synthetic\"\n[base.MeLU]\nmodel = \"MeLU\"\n[method.plain]\npreset = \"plain\"\ntuned = \"lr\"\nvalues = [0.1, 0.2]\n[sweep.x]\nlr = [0.1]\n"

/// All targets.
let all: Target list =
    [
        {
            Name = "ratings"
            Seeds =
                fun () ->
                    [ ratings; utf8 "user\titem\n\"a\nb\"\tc\n"; Array.append [| 0xEFuy; 0xBBuy; 0xBFuy |] ratings ]
            Read =
                fun bytes ->
                    file "r.csv" bytes |> ignore
                    let spec = DelimitedSpec(Ratings = "r.csv")
                    DelimitedFiles.Read("fuzz", folder.Value, spec) |> ignore
        }
        {
            Name = "gzip"
            Seeds =
                fun () ->
                    [
                        (use target = new MemoryStream()

                         do
                             use zipped = new Compression.GZipStream(target, Compression.CompressionLevel.Optimal)
                             zipped.Write ratings

                         target.ToArray())
                    ]
            Read =
                fun bytes ->
                    file "z.csv.gz" bytes |> ignore
                    DelimitedFiles.Read("fuzz", folder.Value, DelimitedSpec(Ratings = "z.csv")) |> ignore
        }
        {
            Name = "catalog"
            Seeds = fun () -> [ utf8 catalogText ]
            Read =
                fun bytes ->
                    let root = Path.Combine(folder.Value, "catalog")
                    Directory.CreateDirectory root |> ignore
                    File.WriteAllBytes(Path.Combine(root, "catalog.toml"), bytes)
                    let catalog = DatasetCatalog([ root ], null)

                    for name in catalog.Names do
                        if name <> "synthetic" then
                            catalog.TryLocate name |> ignore
        }
        {
            Name = "spec"
            Seeds = fun () -> [ utf8 (ExperimentSpec.Of("MeLU").Text); utf8 "lr = 0.1\nbetas = [-1, 0.5]\n" ]
            Read = fun bytes -> SpecFile.Read(file "s.toml" bytes) |> ignore
        }
        {
            Name = "study"
            Seeds = fun () -> [ utf8 study ]
            Read = fun bytes -> StudyFile.Read(file "study.toml" bytes, null) |> ignore
        }
        {
            Name = "safetensors"
            Seeds = fun () -> [ array () ]
            Read = fun bytes -> SafetensorsFile.Load(file "x.safetensors" bytes) |> ignore
        }
        {
            Name = "checkpoint"
            Seeds = fun () -> [ CheckpointInput.seed (Path.Combine(folder.Value, "seed.safetensors")) ]
            Read = fun bytes -> CheckpointInput.read (Path.Combine(folder.Value, "checkpoint.safetensors")) bytes
        }
        {
            Name = "parquet"
            Seeds = parquet
            Read =
                fun bytes ->
                    // All columns of the first rows, and those of ratings as a whole.
                    FileCheck.Of(file "p.parquet" bytes) |> ignore
                    DelimitedFiles.Read("fuzz", folder.Value, DelimitedSpec(Ratings = "p.parquet")) |> ignore
        }
        {
            Name = "recbole"
            Seeds = fun () -> [ utf8 (String.Join('\000', recbole)); utf8 recbole.Head ]
            Read = readRecBole
        }
        {
            Name = "results"
            Seeds = fun () -> [ results () ]
            Read = fun bytes -> ResultTable.Read(file "users.csv" bytes) |> ignore
        }
    ]

/// Whether an error is of a kind that readers answer bad input with.
let isTyped (error: exn) =
    match error with
    | :? DataFormatException
    | :? SettingException
    | :? InvalidDataException -> true
    | _ -> false

/// Reads bytes; the error that is no answer to bad input, if there is one.
let read (target: Target) (bytes: byte[]) : exn option =
    try
        target.Read bytes
        None
    with
    | error when isTyped error -> None
    | error -> Some error

/// Writes the seeds of a target as files, which afl-fuzz begins with.
let writeSeeds (name: string) (folder: string) =
    let target = all |> List.find (fun target -> target.Name = name)
    target.Seeds() |> List.iteri (fun i bytes -> File.WriteAllBytes(Path.Combine(folder, $"seed-{i}"), bytes))
    0

/// Serves afl-fuzz: one input after the other, in this process. Untyped errors end it, which is what afl-fuzz looks for.
let serve (name: string) =
    let target = all |> List.find (fun target -> target.Name = name)

    SharpFuzz.Fuzzer.OutOfProcess.Run(fun (stream: Stream) ->
        use memory = new MemoryStream()
        stream.CopyTo memory
        read target (memory.ToArray()) |> Option.iter raise)

    0
