// Prints tables of exposure.md, study-radius.md and study-robustness.md from the packed studies beside them; p-values are those of the library.
//   dotnet fsi docs/results/measured.fsx
// quick: none
#load "../../RobustMeta.Scripts/load.fsx"

open System
open System.Globalization
open System.IO
open RobustMeta.Evaluation
open RobustMeta.Scripts
open RobustMeta.Studies

let packed name = Path.Combine(__SOURCE_DIRECTORY__, "data", name)

let sets =
    [
        "ml-100k", "MovieLens-100K"
        "ml-1m", "MovieLens-1M"
        "jester-1", "Jester"
        "anime-5k", "Anime"
        "steam-200k", "Steam (clicks)"
        "book-crossing", "Book-Crossing"
        "synthetic", "synthetic"
    ]

let short (x: float) = (abs x).ToString("0.0000", CultureInfo.InvariantCulture).Substring(if abs x < 1.0 then 1 else 0)
let signed (x: float) = (if x < 0.0 then "−" else "+") + short x
let row cells = printfn "| %s |" (String.concat " | " cells)

/// The three measures of each method and seed: β = 0, worst β, worst decile.
let measures (study: string) data =
    let lines = File.ReadAllLines(Path.Combine(packed study, "results.csv"))
    let header = lines[0].Split ','
    let at name (fields: string[]) = fields[Array.IndexOf(header, name)]
    let number (text: string) = Double.Parse(text, CultureInfo.InvariantCulture)

    lines[1..]
    |> Array.map _.Split(',')
    |> Array.filter (fun own -> at "data" own = data && at "metric" own = "NDCG@10")
    |> Array.groupBy (at "method")
    |> Array.map (fun (name, own) ->
        name,
        [
            for seed, tests in own |> Array.groupBy (at "seed") ->
                let unshifted = tests |> Array.find (fun t -> number (at "coordinate" t) = 0.0)
                let worst = tests |> Array.map (at "mean" >> number) |> Array.min
                seed, [ number (at "mean" unshifted); worst; number (at "worstDecile" unshifted) ]
        ])
    |> Map.ofArray

let rivals = [ "plain"; "robustmeta"; "distill"; "robust-MeLU"; "iALS"; "EASE"; "bias" ]

/// Gain over plain; smallest gain over the rivals and the largest p (paired t over seeds, Holm over the rivals).
let against (all: Map<string, (string * float list) list>) method k =
    let differences =
        [
            for rival in rivals ->
                [ for (_, own), (_, other) in List.zip all[method] all[rival] -> List.item k own - List.item k other ]
        ]

    let gains = differences |> List.map List.average
    let p = Significance.Holm(ResizeArray [ for d in differences -> Significance.PairedT(ResizeArray d) ]) |> Seq.max

    let told =
        if p < 0.001 then "p < .001"
        elif p > 0.995 then "p = 1"
        else "p = " + p.ToString("0.000", CultureInfo.InvariantCulture).Substring 1

    $"{signed gains.Head}; {signed (List.min gains)}, {told}"

for method in [ "safe"; "informed" ] do
    for data, name in sets do
        let all = measures "priors" data
        row (name :: [ for k in 0..2 -> against all method k ])

/// What a packed study says of each cell.
let cells (study: string) =
    let spec = StudyFile.Read(Path.Combine(packed study, "study.toml"), null)
    (StudySummary.Read(spec, packed study)).Cells

let gain (cell: CellSummary) method measure =
    let own = cell.Differences |> Seq.find (fun d -> d.Method = method && string d.Measure.Name = measure)
    let isTold = own.Corrected < 0.05

    let mark =
        if not isTold then ""
        elif own.OverSeeds.Mean < 0.0 then " ▼"
        else " ▲"

    signed own.OverSeeds.Mean + mark

let radii = [ "0.01"; "0.05"; "0.1"; "0.25"; "0.5"; "1"; "2" ]

for based, preset in [ "MeLU", "chi2-dro"; "MeLU", "robustmeta"; "MetaRidge", "chi2-dro"; "MetaRidge", "robustmeta" ] do
    for cell in cells "radius" |> Seq.filter (fun cell -> cell.Cell.Base.Name = based) do
        let own radius = gain cell $"{preset} set=chi2 {radius}"
        let name = sets |> List.find (fst >> (=) cell.Cell.Data.Name) |> snd

        row (
            (if name = "Jester" then "Jester, 6,000 users" else name)
            :: [
                for r in radii ->
                    if based = "MeLU" then
                        $"""{own r "NDCG@10"}, {own r "LogLoss tail"}"""
                    else
                        own r "NDCG@10"
            ]
        )

for cell in cells "robustness" do
    for method in cell.Differences |> Seq.map _.Method |> Seq.distinct do
        let name = if Seq.contains method cell.Baselines then method else $"`{method}`"

        row (
            name
            :: [
                for measure in [ "NDCG@10"; "worst β"; "worst decile"; "hard tenth"; "AUC"; "LogLoss"; "LogLoss tail" ] ->
                    gain cell method measure
            ]
        )
