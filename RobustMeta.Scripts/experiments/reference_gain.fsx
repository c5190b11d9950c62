// When does robust training help? For every data set and base model of the robustness study: how much better the reference
// is than the plain model that it guards, and how much `robustmeta` gains over that model.
//   dotnet fsi RobustMeta.Scripts/experiments/reference_gain.fsx [out FOLDER] [grid FILE] [seeds N]
// Reads the study's runs (experiments/robustness.fsx makes them), trains the references alone for what is missing, and
// writes reference_gain.md into docs/results.
// quick: loaded
#load "../load.fsx"

open System
open System.IO
open System.Threading
open MathNet.Numerics.Statistics
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Scripts
open RobustMeta.Scripts.StudyGrid
open RobustMeta.Scripts.StudyRuns

let words = List.tail (List.ofArray fsi.CommandLineArgs) |> List.chunkBySize 2

let word name otherwise =
    words
    |> List.tryPick (fun pair -> if pair.Head = name then Some pair[1] else None)
    |> Option.defaultValue otherwise

let root = Path.Combine(__SOURCE_DIRECTORY__, "..", "..")
let out = word "out" (Path.Combine(root, "results", "robustness"))
let grid = StudyGrid.read (word "grid" (Path.Combine(__SOURCE_DIRECTORY__, "robustness.toml")))
let count = int (word "seeds" "3")
let shop = Workshop(grid, out, CancellationToken.None)
let robustmeta = grid.Methods |> List.find (fun method -> method.Name = "robustmeta")

/// A cell with the settings that were chosen for it; None where the study has not tuned it.
type Cell = { Data: Part; Base: Part; Shared: string; Plain: string; Robust: string }

let cell (data: Part) (basis: Part) =
    let read = reader shop

    tuneShared read grid data basis
    |> Option.bind (fun shared ->
        match tuneMethod read grid data basis shared grid.Plain, tuneMethod read grid data basis shared robustmeta with
        | Some plain, Some robust ->
            Some { Data = data; Base = basis; Shared = shared.Value; Plain = plain.Value; Robust = robust.Value }
        | _ -> None)

/// The reference model trained plainly on all training users, as the folds of the reference are on most of them.
let referenceSpec (cell: Cell) (name: string) (seed: int64) =
    let kept = [ "epoch"; "patience"; "offset" ]

    merge
        [
            grid.Shared
            cell.Data.Settings
            cell.Base.Settings |> List.filter (fun (key, _) -> List.contains key kept)
            grid.Tuned.Settings cell.Shared
            [ "preset", "plain"; "seed", string seed; "method", "reference" ]
        ]
    |> Experiment.spec name

/// Mean of a metric on the test set that is not shifted.
let mean (spec: ExperimentSpec) (metric: string) (rows: UserResult seq) =
    let set = spec.Shift.Betas |> Seq.indexed |> Seq.minBy (fun (_, beta) -> abs beta) |> fst
    rows |> Seq.filter (fun row -> row.Metric = metric && row.TestSet = set) |> Seq.averageBy _.Value

let users outcome =
    match outcome with
    | Finished folder -> Some(folder.ReadUsers())
    | _ -> None

/// Of one seed, for NDCG@10 and log-loss: what the reference is better by, and what robust training gains.
let differences (cell: Cell) (seed: int64) =
    let spec method own = StudyGrid.spec grid cell.Data cell.Base method cell.Shared own seed
    let robust = spec robustmeta cell.Robust
    let read = reader shop cell.Data cell.Base

    match users (read robust), users (read (spec grid.Plain cell.Plain)) with
    | Some ofRobust, Some ofPlain ->
        let reference = referenceSpec cell robust.Meta.Robustness.References.ReferenceModel seed

        runSpec shop cell.Data { Name = "references"; Settings = [] } reference
        |> users
        |> Option.map (fun ofReference ->
            [|
                for metric, sign in [ "NDCG@10", 1.0; "LogLoss", -1.0 ] do
                    let plain = mean robust metric ofPlain
                    sign * (mean robust metric ofReference - plain)
                    sign * (mean robust metric ofRobust - plain)
            |])
    | _ -> None

let rows =
    [
        for data in grid.Data do
            for basis in grid.Bases do
                match cell data basis with
                | Some cell ->
                    let seeds = grid.SeedsOf(data, basis) |> List.truncate count |> List.choose (differences cell)

                    if not seeds.IsEmpty then
                        let means = [| for i in 0..3 -> seeds |> List.averageBy (fun seed -> seed[i]) |]
                        $"{data.Name}, {basis.Name}", cell.Robust, seeds.Length, means
                | None -> ()
    ]
    |> List.sortByDescending (fun (_, _, _, means) -> means[2])

let signed (x: float) = (if x >= 0.0 then "+" else "−") + Tables.number 4 (abs x)

let table: Tables.Table =
    {
        Header =
            [
                "data, base"
                "reference, radius"
                "seeds"
                "NDCG@10: reference"
                "robustmeta"
                "log-loss: reference"
                "robustmeta"
            ]
        Rows =
            [ for name, robust, seeds, means in rows -> [ name; robust; string seeds; yield! means |> Seq.map signed ] ]
    }

let rank i j =
    let column k = [ for _, _, _, means in rows -> means[k] ]
    Tables.number 2 (Correlation.Spearman(column i, column j))

let text =
    $"""# When robust training helps

What the reference is better by than the plain model that it guards, and what `robustmeta` gains over that model, on the test
set that is not shifted; positive is better, in log-loss too. The reference stands here as its model does alone, trained
plainly on all training users (in training it is cross-fitted). Means over the first {count} seeds of each cell of the
study ([robustness](robustness.md)); sorted by the reference's advantage in log-loss. Made by `reference_gain.fsx`.

{Tables.markdown table}
Rank correlation over the {rows.Length} cells between the reference's advantage and the gain: {rank 0 1} in NDCG@10, {rank 2 3}
in log-loss; between its advantage in log-loss and the gain in NDCG@10: {rank 2 1}.
"""

File.WriteAllText(Path.Combine(Load.reports, "reference_gain.md"), text)
printfn $"{text}"
