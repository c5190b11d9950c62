// Prints the tables of what-helps-whom.md from the packed studies beside it; nothing is computed but rounding.
//   dotnet fsi docs/results/what-helps.fsx [FOLDER of packed studies, default: data beside this file]
// quick: .
open System
open System.IO
open System.IO.Compression
open System.Text.Json

let folder =
    match fsi.CommandLineArgs with
    | [| _; path |] when path <> "." -> path
    | _ -> Path.Combine(__SOURCE_DIRECTORY__, "data")

let cells (study: string) =
    let path = Path.Combine(folder, study, "summary.json")

    use content: Stream =
        if File.Exists path then
            File.OpenRead path
        else
            new GZipStream(File.OpenRead(path + ".gz"), CompressionMode.Decompress)

    use file = JsonDocument.Parse content
    [ for cell in file.RootElement.GetProperty("cells").EnumerateArray() -> cell.Clone() ]

let text (name: string) (element: JsonElement) = element.GetProperty(name).GetString()

/// A difference as +.0113, with a mark where its corrected p-value is below .05.
let print (difference: JsonElement) =
    let mean = difference.GetProperty("overSeeds").GetProperty("mean").GetDouble()
    let sign = if mean < 0.0 then "−" else "+"
    let digits = (abs mean).ToString("0.0000", Globalization.CultureInfo.InvariantCulture).Substring 1
    let isTold = difference.GetProperty("corrected").GetDouble() < 0.05

    sign
    + digits
    + (if not isTold then ""
       elif mean < 0.0 then " ▼"
       else " ▲")

let measures = [ "NDCG@10"; "worst β"; "worst decile" ]

/// The three differences of a method to plain training of its base; a dash where it was not run.
let gains (studies: Map<string, JsonElement list>) (study, based, method) data =
    studies[study]
    |> List.tryFind (fun cell -> text "cell" cell = $"{data}, {based}")
    |> Option.map (fun cell ->
        let all =
            [ for d in cell.GetProperty("differences").EnumerateArray() -> (text "method" d, text "measure" d), d ]

        [ for measure in measures -> List.tryFind (fst >> (=) (method, measure)) all |> Option.map (snd >> print) ])
    |> Option.filter (List.forall Option.isSome)
    |> Option.map (List.choose id >> String.concat ", ")
    |> Option.defaultValue "–"

let table data rows =
    let studies =
        rows
        |> List.map (fun (_, (study, _, _)) -> study)
        |> List.distinct
        |> List.map (fun s -> s, cells s)
        |> Map.ofList

    let line columns = printfn "| %s |" (String.concat " | " columns)
    line ("method" :: List.map snd data)
    line [ for _ in 0 .. data.Length -> "---" ]

    for name, row in rows do
        line (name :: [ for key, _ in data -> gains studies row key ])

    printfn ""

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

table
    sets
    [
        "MeLU, `robustmeta`", ("overall", "MeLU", "robustmeta")
        "MetaRidge, `robustmeta`", ("overall", "MetaRidge", "robustmeta")
        "MetaPMF, `robustmeta`", ("overall", "MetaPMF", "robustmeta")
        "MeLU, `paper`", ("overall", "MeLU", "paper")
        "MetaRidge, `paper`", ("overall", "MetaRidge", "paper")
        "MetaPMF, `paper`", ("overall", "MetaPMF", "paper")
        "MeLU, user level of `paper`", ("ablation", "MeLU", "user")
        "MeLU, interaction level of `paper`", ("ablation", "MeLU", "interaction")
        "MetaPMF, informed priors", ("priors", "MetaPMF", "informed")
        "MetaPMF, safe priors", ("priors", "MetaPMF", "safe")
        "MetaPMF, `auto` priors", ("priors", "MetaPMF", "auto")
    ]

table
    [ "ml-100k", "MovieLens-100K"; "synthetic", "synthetic" ]
    [
        "MeLU, `robustmeta`", ("what-helps", "MeLU", "robustmeta")
        "MeLU, `distill`", ("what-helps", "MeLU", "distill")
        "MeLU, `tdro`", ("what-helps", "MeLU", "tdro")
        "MeLU, `s-dro`", ("what-helps", "MeLU", "s-dro")
        "MeLU, `paper`", ("what-helps", "MeLU", "paper")
        "MetaPMF, `tdro`", ("what-helps", "MetaPMF", "tdro")
        "MetaPMF, safe priors", ("what-helps", "MetaPMF", "safe")
        "MetaPMF, `auto`", ("what-helps", "MetaPMF", "auto")
        "plain MeLU in place of MetaPMF", ("what-helps", "MetaPMF", "plain-MeLU")
        "robust MeLU in place of MetaPMF", ("what-helps", "MetaPMF", "robust-MeLU")
    ]

table
    [ "ml-100k", "MovieLens-100K"; "jester-1", "Jester"; "synthetic", "synthetic" ]
    [
        "informed priors", ("exposure-controls", "MetaPMF", "both")
        "`auto`", ("exposure-controls", "MetaPMF", "auto")
        "safe priors", ("exposure-controls", "MetaPMF", "safe")
        "exposure shuffled", ("exposure-controls", "MetaPMF", "shuffled")
        "size alone", ("exposure-controls", "MetaPMF", "size")
    ]
