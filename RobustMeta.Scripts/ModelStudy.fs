/// All models and baselines on the same splits, equally tuned: which runs there are, and running them. Every finished
/// run is a folder that is read, not repeated; `ModelReport` makes the tables.
module RobustMeta.Scripts.ModelStudy

open System
open System.Collections.Generic
open System.Threading
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Settings
open RobustMeta.Training

type Settings = (string * string) list

/// A method of the study with the settings that it is tuned over: the best on validation of the tuning seed is reported.
type Method = { Name: string; Model: string; Candidates: Settings list }

/// What is run: data sets with their number of seeds, labels, methods.
type Plan =
    {
        /// Data sets, each with the number of seeds reported (1, 2, …).
        Datasets: (string * int) list
        Labels: string list
        Methods: Method list
        /// Data settings that all runs share, beside those of the protocol.
        Shared: Settings
        /// Folder of all runs.
        Out: string
    }

/// Number of candidates of every method that has anything to tune.
let candidates = 4

/// Seed of the split that methods are tuned on; never reported.
let tuningSeed = 1000

/// Test users as they come: no shift, all of a user's held-out ratings (up to 100) are the query.
let protocol (label: string) : Settings =
    [
        "label", label
        "betas", "0"
        "userShift", "none"
        "interactionShift", "none"
        "testUserShare", "1"
        "testPoolShare", "1"
        "shiftDraws", "1"
        "testQueryLength", "100"
        "queryLength", "100"
        "baselines", "none"
        "metrics",
        (if label = "rating" then
             "MAE,RMSE"
         else
             "NDCG@5,NDCG@10,Precision@5,Precision@10,Recall@5,Recall@10,F1@5,F1@10")
    ]

/// Of trained models alone: the same random batches for all.
let private training: Settings =
    [
        "preset", "plain"
        "optimizer", "adam"
        "batchSize", "32"
        "bucketed", "false"
        "epoch", "40"
        "patience", "5"
        "gamma", "0.95"
    ]

let private grid (first: string) (firsts: string list) (second: string) (seconds: string list) : Settings list =
    [
        for a in firsts do
            for b in seconds -> [ first, a; second, b ]
    ]

let private decays = [ "0.0001"; "0.001" ]
let private rates = grid "lr" [ "0.001"; "0.005" ] "weightDecay" decays

/// Local rates around each model's published or default one, where it has one.
let private modelGrid (name: string) =
    let local = [ for rate in [ "0.01"; "0.1" ] -> rate ]

    match name with
    | "MetaPMF" -> grid "lr" [ "0.001"; "0.003" ] "factors" [ "8"; "16" ]
    | "MeLU"
    | "ANIL"
    | "MAML"
    | "MetaSGD" -> grid "localLr" local "weightDecay" decays |> List.map (fun c -> ("lr", "0.003") :: c)
    | "CAVIA" -> grid "localLr" [ "0.1"; "1" ] "weightDecay" decays |> List.map (fun c -> ("lr", "0.003") :: c)
    | "FOMeLU" -> grid "localLr" [ "0.001"; "0.003" ] "weightDecay" decays |> List.map (fun c -> ("lr", "0.003") :: c)
    // It begins on a plateau: patience of 5 would end it there.
    | "TaNP" ->
        grid "lr" [ "0.003"; "0.01" ] "weightDecay" [ "0.00001"; "0.0001" ]
        |> List.map (fun c -> ("patience", "12") :: c)
    | _ -> rates

let private baselineGrid (name: string) : Settings list =
    match name with
    | "EASE" -> [ for penalty in [ "30"; "100"; "300"; "1000" ] -> [ "regularization", penalty ] ]
    | "iALS" -> grid "factors" [ "8"; "16" ] "regularization" [ "5"; "10" ]
    | "ItemKNN" -> grid "neighbours" [ "20"; "100" ] "shrink" [ "10"; "100" ]
    | "BPR" -> grid "factors" [ "8"; "16" ] "regularization" [ "0.01"; "0.1" ]
    | "itemMean" -> [ for shrink in [ "2"; "5"; "10"; "20" ] -> [ "shrink", shrink ] ]
    | _ -> [ [] ]

/// Every baseline and model that there is, the bias model first; MeLU also on top of the bias model.
let allMethods: Method list =
    let own name candidates = { Name = name; Model = name; Candidates = candidates }

    [
        own "bias" [ [] ]
        for name in BaselineSpec.Registry.All.Keys do
            if name <> "bias" then
                own name (baselineGrid name)
        for name in ModelSpec.Registry.All.Keys do
            own name (modelGrid name)
        {
            Name = "MeLU on bias"
            Model = "MeLU"
            Candidates = modelGrid "MeLU" |> List.map (fun c -> ("offset", "bias") :: c)
        }
    ]

/// The published plan.
let full =
    {
        Datasets = [ "ml-100k", 10; "ml-1m", 5 ]
        Labels = [ "rating"; "click" ]
        Methods = allMethods
        Shared = [ "embeddingDim", "16" ]
        Out = "results/models"
    }

/// A part of a plan, from words `datasets a,b labels rating methods MeLU,EASE seeds 3 out FOLDER`.
let part (plan: Plan) (words: string list) : Plan =
    let names (text: string) = text.Split(',', StringSplitOptions.RemoveEmptyEntries) |> List.ofArray

    let pick what (all: string list) (text: string) =
        for name in names text do
            if not (List.contains name all) then
                let known = String.Join(", ", all)
                raise (SettingException $"{what}: there is no '{name}'{NearestName.Hint(name, all)}. Known: {known}")

        fun name -> List.contains name (names text)

    let rec apply (plan: Plan) words =
        match words with
        | [] -> plan
        | "datasets" :: text :: rest ->
            let keep = pick "datasets" (List.map fst plan.Datasets) text
            apply { plan with Datasets = plan.Datasets |> List.filter (fst >> keep) } rest
        | "labels" :: text :: rest ->
            let keep = pick "labels" plan.Labels text
            apply { plan with Labels = List.filter keep plan.Labels } rest
        | "methods" :: text :: rest ->
            let keep = pick "methods" (plan.Methods |> List.map _.Name) text
            apply { plan with Methods = plan.Methods |> List.filter (fun m -> keep m.Name) } rest
        | "seeds" :: text :: rest ->
            match Int32.TryParse text with
            | true, count when count > 0 ->
                apply { plan with Datasets = [ for name, most in plan.Datasets -> name, min count most ] } rest
            | _ -> raise (SettingException $"seeds is '{text}'; expected how many of the plan's seeds, at least 1")
        | "out" :: folder :: rest -> apply { plan with Out = folder } rest
        | word :: _ ->
            let known = [ "datasets"; "labels"; "methods"; "seeds"; "out" ]
            let list = String.Join(", ", known)

            raise (
                SettingException $"'{word}'{NearestName.Hint(word, known)}; expected pairs of name and value: {list}"
            )

    apply plan words

/// A finished run: per-user results, value on validation, cost.
type Run = { Users: IReadOnlyList<UserResult>; Validation: float; Cost: RunCost }

/// The results of a finished run.
let read (folder: RunFolder) : Run =
    { Users = folder.ReadUsers(); Validation = folder.ReadValidation(); Cost = folder.ReadCost() }

/// Whether nothing is left to do: it is finished, or its training diverged, which it would do again.
let isSettled (folder: RunFolder) = folder.IsDone || not (isNull (folder.ReadDivergence()))

/// The run of a candidate of a method on a seed.
let job (plan: Plan) (dataset: string) (label: string) (method: Method) (candidate: Settings) (seed: int) : RunFolder =
    let data = [ "dataset", dataset; "seed", string seed; "method", method.Name ] @ protocol label
    let isOfBaseline key = not (List.contains key [ "embeddingDim"; "itemId"; "itemFeatures"; "userFeatures" ])

    if BaselineSpec.Registry.All.ContainsKey method.Model then
        let shared = plan.Shared |> List.filter (fst >> isOfBaseline)
        RunFolder(plan.Out, Experiment.spec method.Model (data @ shared @ candidate))
    else
        let isGiven key = List.exists (fst >> (=) key) (candidate @ plan.Shared)
        let defaults = training |> List.filter (fst >> isGiven >> not)
        RunFolder(plan.Out, Experiment.spec method.Model (data @ defaults @ plan.Shared @ candidate))

let private higherIsBetter label = label <> "rating"

/// The best of the candidates by validation on the tuning seed, or None where not all are finished.
let choice (plan: Plan) dataset label (method: Method) : Settings option =
    match method.Candidates with
    | [ only ] -> Some only
    | all ->
        let jobs = [ for candidate in all -> candidate, job plan dataset label method candidate tuningSeed ]

        if jobs |> List.forall (snd >> isSettled) then
            let values =
                [ for candidate, job in jobs -> candidate, (if job.IsDone then (read job).Validation else nan) ]

            let known = values |> List.filter (snd >> Double.IsNaN >> not)
            let best = if higherIsBetter label then List.maxBy snd else List.minBy snd
            // A method without a value (an order without labels has no error) keeps its first candidate.
            Some(fst (if known.IsEmpty then values.Head else best known))
        else
            None

/// The runs of a chosen candidate that are finished, one a seed at most.
let finished (plan: Plan) dataset label (method: Method) : (int * Run) list =
    let seeds = plan.Datasets |> List.find (fst >> (=) dataset) |> snd

    match choice plan dataset label method with
    | None -> []
    | Some candidate ->
        [
            for seed in 1..seeds do
                let job = job plan dataset label method candidate seed

                if job.IsDone then
                    seed, read job
        ]

let private ensure (prepared: Lazy<PreparedExperiment>) (cancellation: CancellationToken) (folder: RunFolder) =
    if not (isSettled folder) then
        cancellation.ThrowIfCancellationRequested()

        try
            Experiment.trainOrRead prepared.Value folder cancellation |> ignore
        with :? DivergenceException as error ->
            folder.WriteDivergence error
            printfn $"{folder.Spec.MethodName}: {error.Message}"

/// Runs what is not finished: first all candidates on the tuning seed, then the chosen ones on every seed.
let run (plan: Plan) (cancellation: CancellationToken) =
    for dataset, seeds in plan.Datasets do
        let data = lazy DatasetCatalog.Default.Load(dataset, Progress.download ())

        for label in plan.Labels do
            let prepared seed =
                let settings = [ "dataset", dataset; "seed", string seed ] @ protocol label @ plan.Shared
                lazy PreparedExperiment.Of(Experiment.spec "MeLU" settings, data.Value)

            let tuning = prepared tuningSeed

            for method in plan.Methods do
                if method.Candidates.Length > 1 then
                    for candidate in method.Candidates do
                        ensure tuning cancellation (job plan dataset label method candidate tuningSeed)

            for seed in 1..seeds do
                let data = prepared seed

                for method in plan.Methods do
                    match choice plan dataset label method with
                    | Some candidate -> ensure data cancellation (job plan dataset label method candidate seed)
                    | None -> ()
