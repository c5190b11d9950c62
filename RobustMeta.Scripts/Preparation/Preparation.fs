/// Preparing a data set: a list of named steps, of which each takes ratings and gives ratings, with the counts after every
/// step as a frame; the result is kept in a folder with a manifest, and read by the format `prepared`.
module RobustMeta.Scripts.Preparation.Preparation

open System
open System.Globalization
open System.IO
open System.Security.Cryptography
open Deedle
open RobustMeta.Data
open RobustMeta.Runtime
open RobustMeta.Data.Reading

/// One step: what it does, and how.
type Step = { Name: string; Apply: Ratings -> Ratings }

/// The k-core: every user and every item keeps at least k rows.
let kCore (k: int) = { Name = $"{k}-core"; Apply = fun ratings -> ratings.KCore(k, k) }

/// Rows whose rating is at least a value.
let atLeast (value: float) =
    {
        Name = $"ratings of at least {value.ToString CultureInfo.InvariantCulture}"
        Apply = fun ratings -> ratings.Where(fun row -> float ratings.Values[row] >= value)
    }

/// Users with at least so many rows; what that does to items is left as it is.
let usersWith (least: int) =
    {
        Name = $"users with at least {least} rows"
        Apply = fun ratings -> ratings.Where(fun row -> ratings.RowsOf(ratings.UserIndex[row]).Length >= least)
    }

/// Rows between two Unix times, the first included.
let between (first: int64) (last: int64) =
    {
        Name = $"rows from {first} to before {last}"
        Apply = fun ratings -> ratings.Where(fun row -> ratings.Times[row] >= first && ratings.Times[row] < last)
    }

/// Applies the steps in turn; the ratings, and rows, users and items after each step.
let apply (steps: Step list) (ratings: Ratings) : Ratings * Frame<int, string> =
    let after =
        steps |> List.scan (fun (_, ratings: Ratings) step -> step.Name, step.Apply ratings) ("as read", ratings)

    let column f = after |> List.map f |> Series.ofValues

    let frame =
        frame
            [
                "step" => (after |> List.map (fst >> box) |> Series.ofValues)
                "rows" => column (fun (_, r) -> box r.Count)
                "users" => column (fun (_, r) -> box (r.UserIndex |> Seq.distinct |> Seq.length))
                "items" => column (fun (_, r) -> box (r.ItemIndex |> Seq.distinct |> Seq.length))
            ]

    snd (List.last after), frame

/// Ratings from a frame with columns of users, items and ratings.
let ofFrame (name: string) (user: string) (item: string) (rating: string) (frame: Frame<'row, string>) : Ratings =
    let texts (column: string) = frame.GetColumn<obj>(column).Values |> Seq.map string
    let values = frame.GetColumn<float>(rating).Values
    Ratings.Of(name, Seq.zip3 (texts user) (texts item) values |> Seq.map (fun (u, i, v) -> struct (u, i, float32 v)))

let private sum (path: string) =
    use file = File.OpenRead path
    Convert.ToHexStringLower(SHA256.HashData file)

/// Keeps prepared ratings in a folder: `ratings.bin`, `steps.csv`, and `manifest.toml` with sources, recipe and counts.
let save (folder: string) (source: string) (recipe: Step list) (ratings: Ratings) (steps: Frame<int, string>) =
    Directory.CreateDirectory folder |> ignore
    let path = Path.Combine(folder, "ratings.bin")
    PreparedFile.Write(ratings, path)
    steps.SaveCsv(Path.Combine(folder, "steps.csv"), includeRowKeys = false)

    let sources =
        match DatasetCatalog.Default.Find source, DatasetCatalog.Default.TryLocate source with
        | null, _
        | _, null -> []
        | _, located -> [ for file in Directory.GetFiles located |> Array.sort -> FileInfo(file).Name, sum file ]

    let quoted (text: string) = "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\""

    let manifest =
        [
            $"source = {quoted source}"
            "recipe = [" + (recipe |> List.map (fun s -> quoted s.Name) |> String.concat ", ") + "]"
            $"rows = {ratings.Count}"
            $"users = {ratings.Users.Count}"
            $"items = {ratings.Items.Count}"
            $"sha256 = {quoted (sum path)}"
            "[sources]"
            for name, value in sources do
                $"{quoted name} = {quoted value}"
            ""
        ]
        |> String.concat "\n"

    CsvText.Write(Path.Combine(folder, "manifest.toml"), manifest)
    path
