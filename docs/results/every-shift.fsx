// Prints the tables of every-shift.md from the numbers of the study beside it; nothing is computed but means, deviations and rounding.
//   dotnet fsi docs/results/every-shift.fsx [FOLDER of results, default: data beside this file]
// quick: .
open System
open System.Globalization
open System.IO

let folder =
    match fsi.CommandLineArgs with
    | [| _; path |] when path <> "." -> path
    | _ -> Path.Combine(__SOURCE_DIRECTORY__, "data")

type Row = { Cell: string * string * string; Method: string; Seed: string; Metric: string; Mean: float }

let rows =
    [|
        let lines = File.ReadAllLines(Path.Combine(folder, "every-shift", "results.csv"))
        let header = lines[0].Split ','
        let place name = Array.IndexOf(header, name)

        for line in Seq.skip 1 lines do
            let fields = line.Split ','
            let at name = fields[place name]

            {
                Cell = at "data", at "shift", at "base"
                Method = at "method"
                Seed = at "seed"
                Metric = at "metric"
                Mean = Double.Parse(at "mean", CultureInfo.InvariantCulture)
            }
    |]

let grouped = rows |> Array.groupBy (fun row -> row.Cell, row.Method, row.Metric) |> Map.ofArray

let number (x: float) = x.ToString("0.000", CultureInfo.InvariantCulture).Substring 1

/// Mean over the test sets of a cell, then mean and standard deviation over seeds.
let reached metric cell method =
    match grouped.TryFind((cell, method, metric)) with
    | None -> "–"
    | Some rows ->
        let seeds = rows |> Array.groupBy _.Seed |> Array.map (fun (_, own) -> own |> Array.averageBy _.Mean)
        let mean = Array.average seeds
        let deviation = sqrt (Array.sumBy (fun x -> (x - mean) ** 2.0) seeds / float (max 1 (seeds.Length - 1)))
        $"{number mean} ± {number deviation}"

let columns =
    [
        "MeLU", ("MeLU", "plain")
        "MeLU, `robustmeta`", ("MeLU", "robustmeta")
        "MetaPMF", ("MetaPMF", "plain")
        "MetaPMF, `robustmeta`", ("MetaPMF", "robustmeta")
        "bias", ("MeLU", "bias")
        "EASE", ("MeLU", "EASE")
        "iALS", ("MeLU", "iALS")
    ]

let sets =
    [
        "ml-100k", "MovieLens-100K"
        "ml-1m", "MovieLens-1M"
        "jester-1", "Jester"
        "anime-5k", "Anime"
        "steam-200k", "Steam"
        "book-crossing", "Book-Crossing"
        "synthetic", "synthetic"
    ]

let shifts =
    [
        "exponentialTilt"
        "mixture"
        "popularityPower"
        "dirichletGroups"
        "labelShift"
        "labelNoise"
        "itemColdStart"
        "quadrants"
        "supportPopularity"
        "randomExposure"
        "shownList"
    ]

let line (cells: string list) = printfn "| %s |" (String.concat " | " cells)

for measure in [ "NDCG@5"; "AUC" ] do
    printfn $"## {measure}, mean over the test sets of a protocol\n"

    for key, name in sets do
        printfn $"### {name}\n"
        line ("shift" :: List.map fst columns)
        line [ for _ in 0 .. columns.Length -> "---" ]

        for shift in shifts do
            line ($"`{shift}`" :: [ for _, (based, method) in columns -> reached measure (key, shift, based) method ])

        printfn ""
