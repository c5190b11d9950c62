// When does robust training help? For every data set and base model of the robustness study: how much better the reference
// is than the plain model that it guards, and how much `robustmeta` gains over that model.
//   dotnet fsi RobustMeta.Scripts/experiments/reference_gain.fsx [quick] [out FOLDER] [seeds 1,2,3] [data A,B]
// Reads the study's runs (experiments/robustness.fsx makes them; the quick form makes its own), trains the references alone
// for what is missing, and writes reference_gain.md into docs/results.
// quick: quick
#load "../load.fsx"

open System.IO
open System.Threading
open MathNet.Numerics.Statistics
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Scripts
open RobustMeta.Settings
open RobustMeta.Studies

let study = StudyCommand.ofWords "robustness" (Array.tail fsi.CommandLineArgs)
let runner = StudyRunner(study.Spec, study.Store, StudyHooks.Silent, CancellationToken.None)
let most = 3

if Array.contains "quick" fsi.CommandLineArgs then
    Study.run study |> ignore

/// Whether a setting that the study shares concerns a model: MetaPMF has no embeddings.
let concerns (model: string) (key: string) =
    let own = ExperimentSpec.Of model
    let isKnown = key = Experiment.PresetKey || SettingList.Of own |> Seq.exists (fun setting -> setting.Key = key)
    isKnown && isNull (own.WhyWithoutEffect key)

/// The reference model trained plainly on all training users, as the folds of the reference are on most of them.
let reference (cell: StudyCell) (shared: string) (name: string) (seed: int64) =
    let kept = [ "epoch"; "patience"; "offset" ]
    let pairs (settings: struct (string * string) seq) = [ for struct (key, value) in settings -> key, value ]

    [
        yield! pairs study.Spec.Shared
        yield! pairs cell.Data.Settings
        yield! pairs cell.Base.Settings |> List.filter (fun (key, _) -> List.contains key kept)
        yield! pairs (study.Spec.Tuning.Settings shared)
        yield! [ "preset", "plain"; "seed", string seed; "method", "reference" ]
    ]
    |> List.rev
    |> List.distinctBy fst
    |> List.filter (fst >> concerns name)
    |> Experiment.spec name

/// Mean of a metric on the test set that is not shifted.
let mean (folder: RunFolder) (metric: string) =
    let set = folder.ReadShift().Coordinates |> Seq.indexed |> Seq.minBy (snd >> abs) |> fst

    folder.ReadUsers()
    |> Seq.filter (fun row -> row.Metric = metric && row.TestSet = set)
    |> Seq.averageBy _.Value

/// Of one seed, for NDCG@10 and log-loss: what the reference is better by, and what robust training gains.
let differences (cell: StudyCell) (shared: string) (robust: RunFolder) (plain: RunFolder) (seed: int64) =
    let model = robust.Spec.Meta.Robustness.References.ReferenceModel
    let outcome = runner.RunOne(reference cell shared model seed)

    if outcome.State = RunState.Done then
        Some
            [|
                for metric, sign in [ "NDCG@10", 1.0; "LogLoss", -1.0 ] do
                    sign * (mean outcome.Folder metric - mean plain metric)
                    sign * (mean robust metric - mean plain metric)
            |]
    else
        None

let rows =
    [
        for cell, own in Study.records study |> List.groupBy _.Run.Cell do
            let runs name =
                dict
                    [
                        for r in own do
                            if r.Run.Method.Name = name then
                                r.Run.Seed, r
                    ]

            let robust, plain = runs "robustmeta", runs study.Spec.Plain.Name

            let seeds =
                robust.Keys
                |> Seq.filter plain.ContainsKey
                |> Seq.truncate most
                |> Seq.choose (fun seed ->
                    differences cell robust[seed].Run.Shared robust[seed].Folder plain[seed].Folder seed)
                |> List.ofSeq

            if not seeds.IsEmpty then
                let means = [| for i in 0..3 -> seeds |> List.averageBy (fun seed -> seed[i]) |]
                cell.Title, (Seq.head robust.Values).Run.Own, seeds.Length, means
    ]
    |> List.sortByDescending (fun (_, _, _, means) -> means[2])

let signed (x: float) = (if x >= 0.0 then "+" else "−") + CellText.number 4 (abs x)

let table: Table =
    Table.ofText
        [
            "data, base"
            "reference, radius"
            "seeds"
            "NDCG@10: reference"
            "robustmeta"
            "log-loss: reference"
            "robustmeta"
        ]
        [ for name, robust, seeds, means in rows -> [ name; robust; string seeds; yield! means |> Seq.map signed ] ]

let rank i j =
    let column k = [ for _, _, _, means in rows -> means[k] ]
    CellText.number 2 (Correlation.Spearman(column i, column j))

let text =
    $"""# When robust training helps

What the reference is better by than the plain model that it guards, and what `robustmeta` gains over that model, on the test
set that is not shifted; positive is better, in log-loss too. The reference stands here as its model does alone, trained
plainly on all training users (in training it is cross-fitted). Means over the first {most} seeds of each cell of the
study ([robustness](robustness.md)); sorted by the reference's advantage in log-loss. Made by `dotnet fsi RobustMeta.Scripts/experiments/reference_gain.fsx`.

{MarkdownTable.grid table}
Rank correlation over the {rows.Length} cells between the reference's advantage and the gain: {rank 0 1} in NDCG@10, {rank 2 3}
in log-loss; between its advantage in log-loss and the gain in NDCG@10: {rank 2 1}.
"""

File.WriteAllText(Path.Combine(Load.reports, "reference_gain.md"), text)
printfn $"{text}"
