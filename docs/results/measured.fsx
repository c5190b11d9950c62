// Prints the tables of exposure.md, study-radius.md, study-sensitivity.md, robustness.md with its pages of data sets, and models.md from the packed studies
// beside them; p-values are those of the library.
//   dotnet fsi docs/results/measured.fsx
// quick: none
#load "packed.fsx"

open System
open System.Globalization
open RobustMeta.Evaluation
open RobustMeta.Scripts
open RobustMeta.Studies
open Packed

/// The three measures of each method and seed: β = 0, worst β, worst decile.
let measures (study: string) data =
    let lines = resultLines study
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

/// Tells the table that follows.
let heading (title: string) (columns: string list) = printfn "\n%s\n\nmethod | %s" title (String.concat " | " columns)

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

let radii = [ "0.01"; "0.05"; "0.1"; "0.25"; "0.5"; "1"; "2" ]

for based, preset in [ "MeLU", "chi2-dro"; "MeLU", "robustmeta"; "MetaRidge", "chi2-dro"; "MetaRidge", "robustmeta" ] do
    for cell in cells "radius" |> Seq.filter (fun cell -> cell.Cell.Base.Name = based) do
        let own radius = gain cell $"{preset} set=chi2 {radius}"
        let name = nameOf cell

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

/// The methods and baselines of a cell in the order of the study file.
let rowsOf (cell: CellSummary) =
    [
        for method in cell.Differences |> Seq.map _.Method |> Seq.distinct ->
            method, (if Seq.contains method cell.Baselines then method else $"`{method}`")
    ]

let robustness = cells "robustness"

// One table a base model: the mean, the worst β and the worst decile of every data set.
for based in robustness |> Seq.map _.Cell.Base.Name |> Seq.distinct do
    let own =
        [
            for data, _ in sets do
                yield! robustness |> Seq.filter (fun c -> c.Cell.Base.Name = based && c.Cell.Data.Name = data)
        ]

    for measure in [ "NDCG@10"; "worst β"; "worst decile" ] do
        heading $"{based}: {measure}" (List.map nameOf own)

        for method, name in own |> List.collect rowsOf |> List.distinct do
            row (name :: [ for cell in own -> gain cell method measure ])

// One table a cell: every measure.
let measured = [ "NDCG@10"; "worst β"; "worst decile"; "hard tenth"; "AUC"; "LogLoss"; "LogLoss tail" ]

for data, _ in sets do
    for cell in robustness |> Seq.filter (fun c -> c.Cell.Data.Name = data) do
        heading
            $"{data}, {cell.Cell.Base.Name}, {cell.Seeds.Count} seeds, {cell.Evaluations} tested users ({cell.People} different people)"
            measured

        for method, name in rowsOf cell do
            row (name :: [ for measure in measured -> gain cell method measure ])

/// Average ranks over the cells and seeds that all methods have.
let ranks (title: string) (own: CellSummary list) =
    let all = CellRanks.Of(ResizeArray own)

    if all.Methods.Count > 0 then
        heading $"ranks, {title}, {own.Length} cells" (List.ofSeq all.Measures)

        for m in all.Order do
            row (
                $"`{all.Methods[m]}`"
                :: [ for c in all.Comparisons -> c.AverageRanks[m].ToString("0.00", CultureInfo.InvariantCulture) ]
            )

for based in robustness |> Seq.map _.Cell.Base.Name |> Seq.distinct do
    ranks
        based
        [
            for cell in robustness do
                if cell.Cell.Base.Name = based then
                    cell
        ]

ranks "all base models" (List.ofSeq robustness)

/// Mean over seeds of a measure; a dash where the method is not measured by it.
let mean (cell: CellSummary) method (measure: StudyMeasure) =
    let values = cell.PerSeed(method, measure)

    if values.Count = 0 || Seq.exists Double.IsNaN values then
        "–"
    else
        (Seq.average values).ToString("0.0000", CultureInfo.InvariantCulture)

let overBias (cell: CellSummary) method measure =
    match difference cell method measure with
    | None -> "–"
    | Some own ->
        let users = own.OverUsers
        $"{gain cell method measure} [{signed users.Low}, {signed users.High}]"

// All models and baselines, a table a data set and kind of label.
for cell in cells "models" do
    let main, shown =
        if cell.Cell.Data.Name.EndsWith "-click" then
            "NDCG@10", [ "NDCG@5"; "NDCG@10"; "Precision@10"; "Recall@10"; "F1@10" ]
        else
            "MAE", [ "MAE"; "RMSE" ]

    let measures =
        [ for name in shown -> (cell.Measures |> Seq.find (fun m -> string m.Measure.Name = name)).Measure ]

    heading
        $"{cell.Cell.Data.Name}, {cell.Seeds.Count} seeds, {cell.Evaluations} tested users"
        (shown @ [ $"{main}: gain over bias" ])

    for method in cell.Methods do
        row (
            method :: [ for measure in measures -> mean cell method measure ]
            @ [ (if method = cell.Plain then "" else overBias cell method main) ]
        )

// Sensitivity: the range of the means over a sweep's points.
let sensitivity = cells "sensitivity"
let fraction (x: float) = x.ToString("0.0000", CultureInfo.InvariantCulture).Substring 1

let sweeps (cell: CellSummary) =
    let main = (cell.Measures |> Seq.find (fun m -> string m.Measure.Name = "NDCG@10")).Measure

    let range method sweep =
        let values =
            [
                for name in cell.Methods do
                    match cell.Points.TryGetValue name with
                    | true, struct (own, point) when own = method && point.Sweep = sweep ->
                        Seq.average (cell.PerSeed(name, main))
                    | _ -> ()
            ]

        if values.IsEmpty then
            "–"
        else
            $"{fraction (List.min values)} to {fraction (List.max values)}"

    let name = nameOf cell
    let plain = fraction (Seq.average (cell.PerSeed(cell.Plain, main)))

    row
        [
            name
            plain
            range "plain" "batchSize"
            range "plain" "hiddenDim"
            range "plain" "localLr"
            range "robust" "taskWeightLr"
            range "robust" "sampleWeightLr"
            range "robust" "both"
        ]

for based in sensitivity |> Seq.map _.Cell.Base.Name |> Seq.distinct do
    heading
        $"sensitivity, {based}"
        [ "plain"; "batchSize"; "hidden"; "localLr"; "taskWeightLr"; "sampleWeightLr"; "both" ]

    for cell in sensitivity do
        if cell.Cell.Base.Name = based then
            sweeps cell

            let told =
                [
                    for d in cell.Differences do
                        if d.IsSignificant then
                            $"{d.Method} {d.Measure.Name} {signed d.OverSeeds.Mean}"
                ]

            for text in told do
                printfn "significant: %s" text
