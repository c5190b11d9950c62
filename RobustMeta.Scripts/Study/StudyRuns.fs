/// Runs of a robustness study: each is a folder that is read when it is there, so that a study can stop at any time and go on.
module RobustMeta.Scripts.StudyRuns

open System
open System.Collections.Generic
open System.IO
open System.Threading
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Bias
open RobustMeta.Robustness.References
open RobustMeta.Tasks
open RobustMeta.Training
open RobustMeta.Runtime
open RobustMeta.Scripts.StudyGrid

/// Name under which the hardness of users stands beside the baselines' metrics.
[<Literal>]
let Hardness = "SupportLogLoss"

/// Loads data and makes tasks only when a run needs them, each once.
type Workshop(grid: Grid, out: string, cancellation: CancellationToken) =
    let datasets = Dictionary<string, Dataset>()
    let mutable last: (string * PreparedExperiment) option = None

    /// The study.
    member _.Grid = grid

    /// Stops after the current batch.
    member _.Cancellation = cancellation

    /// Folder of the runs of a data set and base model.
    member _.Folder (data: Part) (basis: Part) = Path.Combine(out, data.Name, basis.Name)

    /// Folder of what processes that share the work are at.
    member _.Claims = Path.Combine(out, "claims")

    /// File of the baselines of a data set and seed.
    member _.BaselineFile (data: Part) (spec: ExperimentSpec) =
        Path.Combine(out, data.Name, "baselines", $"seed-{spec.Seed}-{spec.DataHash}.csv")

    /// Tasks and test sets of a spec; those of the last data set and seed are kept.
    member _.Prepare(spec: ExperimentSpec) =
        match last with
        | Some(hash, prepared) when hash = spec.DataHash -> prepared
        | _ ->
            if not (datasets.ContainsKey spec.Dataset) then
                datasets.Clear()
                datasets.Add(spec.Dataset, Experiment.load spec)

            let prepared = Experiment.prepare datasets[spec.Dataset] spec
            last <- Some(spec.DataHash, prepared)
            prepared

/// What a run came to.
type Outcome =
    /// Its folder is complete.
    | Finished of RunFolder
    /// Training diverged; why.
    | Diverged of string
    /// It has not been run.
    | Missing

/// What is there of a run.
let outcome (folder: RunFolder) =
    if folder.IsDone then
        Finished folder
    else
        match folder.ReadDivergence() with
        | null -> Missing
        | message -> Diverged message

/// Trains one spec unless its outcome is there.
let runSpec (shop: Workshop) (data: Part) (basis: Part) (spec: ExperimentSpec) =
    let folder = RunFolder(shop.Folder data basis, spec)

    match outcome folder with
    | Missing ->
        printfn $"— {data.Name}, {basis.Name}, {spec.MethodName}, seed {spec.Seed}"

        try
            Experiment.trainOrRead (shop.Prepare spec) folder shop.Cancellation |> ignore
            Finished folder
        with :? DivergenceException as error ->
            folder.WriteDivergence error
            printfn $"{spec.MethodName}: {error.Message}"
            Diverged error.Message
    | known -> known

/// A tuned value with the validation value of each candidate (NaN: diverged).
type Tuning = { Value: string; Candidates: (string * float) list }

/// How the runs of a stage come about: by running, or by reading what is there.
type Runner = Part -> Part -> ExperimentSpec -> Outcome

/// Only reads.
let reader (shop: Workshop) : Runner = fun data basis spec -> outcome (RunFolder(shop.Folder data basis, spec))

// The best of a stage's candidates on the validation users of the tuning seed; ties go to the first. None: a run is missing.
let private best (runner: Runner) data basis (values: string list) (specOf: string -> ExperimentSpec) =
    let specs = values |> List.map (fun value -> value, specOf value)
    let outcomes = specs |> List.map (fun (value, spec) -> value, runner data basis spec)
    let label = (snd specs.Head).Split.Label

    let sign =
        if (snd specs.Head).Evaluation.SelectionFor(label).HigherIsBetter then
            1.0
        else
            -1.0

    if outcomes |> List.exists (fun (_, o) -> o.IsMissing) then
        None
    else
        let candidates =
            [
                for value, outcome in outcomes ->
                    match outcome with
                    | Finished folder -> value, folder.ReadValidation()
                    | _ -> value, nan
            ]

        let rank (_, x: float) = if Double.IsNaN x then Double.NegativeInfinity else sign * x
        Some { Value = candidates |> List.maxBy rank |> fst; Candidates = candidates }

/// The stage that all methods share, with plain training.
let tuneShared (runner: Runner) (grid: Grid) data basis =
    // The plain method's own stage comes after: here it has its middle value.
    let middle = grid.Plain.Tuned.Values[grid.Plain.Tuned.Values.Length / 2]

    best runner data basis grid.Tuned.Values (fun value -> spec grid data basis grid.Plain value middle grid.TuningSeed)

/// A method's own stage.
let tuneMethod (runner: Runner) (grid: Grid) data basis (shared: Tuning) (method: Method) =
    best runner data basis method.Tuned.Values (fun value ->
        spec grid data basis method shared.Value value grid.TuningSeed)

/// The baselines of a data set and seed, and how hard each test user looks from his or her support alone: the mean log-loss
/// of the bias model on the support.
let baselines (shop: Workshop) (data: Part) (spec: ExperimentSpec) : IReadOnlyList<UserResult> =
    let file = shop.BaselineFile data spec

    if not (File.Exists file) then
        let prepared = shop.Prepare spec
        let bias = BiasModel(prepared.Source, prepared.Split.MetaTrain)
        let test = prepared.Split.Test
        let batch = prepared.Source.Batch(test, ReadOnlySpan [| 0 .. test.Length - 1 |])
        let scores = bias.Scores(batch).ToTuple() |> fst

        let hardness =
            [
                for b in 0 .. batch.Count - 1 do
                    let own = [| batch.SupportOffsets[b] .. batch.SupportOffsets[b + 1] - 1 |]

                    let loss (i: int) =
                        PointLoss.Of(prepared.Source.Label, float scores[i], float batch.SupportLabels[i])

                    let user = prepared.Dataset.Ratings.Users[batch.Users[b]]
                    UserResult("support", 0, user, Hardness, Array.averageBy loss own)
            ]

        Directory.CreateDirectory(nonNull (Path.GetDirectoryName file)) |> ignore

        ResultTable.Write(
            file,
            [
                for baseline in prepared.Baselines() do
                    yield! prepared.Evaluate baseline
                yield! hardness
            ]
        )

    ResultTable.Read file

// What of a part several processes may do side by side. References are shared by the methods of a seed: a seed is one piece.
let private shareOut (shop: Workshop) (data: Part) (pieces: (Part * string * (unit -> unit)) list) =
    StudyClaims.share
        shop.Claims
        shop.Cancellation
        [ for basis, name, work in pieces -> { Name = $"{data.Name} {basis.Name} {name}"; Work = work } ]

/// Tunes and runs everything of one data set: seed by seed, so that tasks are made once a seed. Processes that do the same
/// at the same time share the work.
let runData (shop: Workshop) (data: Part) =
    let grid = shop.Grid
    let run = runSpec shop

    let runShared basis (value: string) =
        tuneShared run { grid with Tuned = { grid.Tuned with Values = [ value ] } } data basis |> ignore

    shareOut
        shop
        data
        [
            for basis in grid.Bases do
                for i, value in List.indexed grid.Tuned.Values ->
                    basis, $"shared-{i}", (fun () -> runShared basis value)
        ]

    let shared =
        [
            for basis in grid.Bases do
                match tuneShared run grid data basis with
                | Some shared -> basis, shared
                | None -> ()
        ]

    shareOut
        shop
        data
        [
            for basis, shared in shared do
                for method in grid.MethodsOf basis ->
                    basis, $"tune-{method.Name}", (fun () -> tuneMethod run grid data basis shared method |> ignore)
        ]

    let tuned =
        [
            for basis, shared in shared do
                for method in grid.MethodsOf basis do
                    match tuneMethod run grid data basis shared method with
                    | Some own -> basis, spec grid data basis method shared.Value own.Value
                    | None -> ()
        ]

    let runSeed (basis: Part) seed =
        for _, specOf in tuned |> List.filter (fun (b, _) -> b = basis) do
            let spec = specOf seed
            baselines shop data spec |> ignore
            run data basis spec |> ignore

    let seedsOf basis = grid.SeedsOf(data, basis)

    shareOut
        shop
        data
        [
            for seed in grid.Bases |> List.collect seedsOf |> List.distinct do
                for basis in grid.Bases do
                    if List.contains seed (seedsOf basis) then
                        basis, $"seed-{seed}", (fun () -> runSeed basis seed)
        ]
