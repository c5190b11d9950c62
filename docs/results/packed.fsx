// What the scripts beside it share: packed studies, names of data sets, numbers as the pages write them.
// Loaded by measured.fsx and figures.fsx.
// quick: loaded
#load "../../RobustMeta.Scripts/load.fsx"

open System.Globalization
open System.IO
open System.IO.Compression
open RobustMeta.Scripts
open RobustMeta.Studies

let packed name = Path.Combine(__SOURCE_DIRECTORY__, "data", name)

/// The lines of a packed study's results, a run or baseline, test set and metric each.
let resultLines study =
    match Path.Combine(packed study, "results.csv") with
    | plain when File.Exists plain -> File.ReadAllLines plain
    | plain ->
        use file = File.OpenRead(plain + ".gz")
        use unpacked = new GZipStream(file, CompressionMode.Decompress)
        use reader = new StreamReader(unpacked)
        reader.ReadToEnd().TrimEnd().Split '\n'

let sets =
    [
        "ml-100k", "MovieLens-100K"
        "ml-1m", "MovieLens-1M"
        "jester-1", "Jester"
        "anime-5k", "Anime"
        "steam-200k", "Steam (purchases)"
        "book-crossing", "Book-Crossing"
        "synthetic", "synthetic"
    ]

let short (x: float) = (abs x).ToString("0.0000", CultureInfo.InvariantCulture).Substring(if abs x < 1.0 then 1 else 0)
let signed (x: float) = (if x < 0.0 then "−" else "+") + short x
let row cells = printfn "| %s |" (String.concat " | " cells)

/// What a packed study says of each cell.
let cells (study: string) =
    let spec = StudyFile.Read(Path.Combine(packed study, "study.toml"), null)
    (StudySummary.Read(spec, packed study)).Cells

/// The name of a cell's data set in the pages.
let nameOf (cell: CellSummary) = sets |> List.find (fst >> (=) cell.Cell.Data.Name) |> snd

/// The difference of a method to plain training on a measure, where both were run.
let difference (cell: CellSummary) method measure =
    cell.Differences |> Seq.tryFind (fun d -> d.Method = method && string d.Measure.Name = measure)

/// The gain over plain training, ▲ and ▼ where it is told; a dash where the method was not run.
let gain (cell: CellSummary) method measure =
    match difference cell method measure with
    | None -> "–"
    | Some own ->
        let mark =
            if not own.IsSignificant then ""
            elif own.OverSeeds.Mean < 0.0 then " ▼"
            else " ▲"

        signed own.OverSeeds.Mean + mark
