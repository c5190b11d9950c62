// What a whole run costs, and where its time goes: MeLU on many users, plainly and with robust weights.
//   dotnet fsi RobustMeta.Scripts/experiments/whole_runs.fsx [DATASET] [users] [epochs] [rounds]
// Writes whole_runs_DATASET.md into docs/results. Measure on a machine that does nothing else.
// quick: synthetic 150 1 1
#load "../load.fsx"

open System
open System.Collections.Immutable
open System.Diagnostics
open System.IO
open RobustMeta.Data
open RobustMeta.Engine
open RobustMeta.Evaluation
open RobustMeta.Robustness
open RobustMeta.Runtime
open RobustMeta.Training
open RobustMeta.Scripts

let words = fsi.CommandLineArgs |> Array.skip 1
let word i otherwise = if words.Length > i then words[i] else otherwise
let dataset, users = word 0 "synthetic", word 1 "20000"
let epochs, rounds = int (word 2 "10"), int (word 3 "5")

let settings =
    [
        "dataset", dataset
        "userNum", string (int users * 5 / 4)
        "epoch", string epochs
        "hiddenDim1", "32"
        "hiddenDim2", "32"
        "batchSize", "20"
        "localLr", "0.1"
        "optimizer", "adam"
        "lr", "0.003"
        "metrics", "NDCG@10,Recall@10,Precision@10,F1@10"
    ]

// Without fitting a reference: that is a training of its own.
let methods =
    [
        "plain", "plain", []
        "paper: simplex, ascent", "paper", []
        "chi-square balls, best response, bias reference", "robustmeta-bias", []
        "KL balls, best response, both levels", "kl-dro", [ ("levels", "both") ]
        "CVaR, both levels", "cvar-dro", []
    ]

/// An engine that looks at the clock.
type TimedEngine(inner: IMetaGradientEngine) =
    let mutable forward = TimeSpan.Zero
    let mutable backward = TimeSpan.Zero
    let mutable predict = TimeSpan.Zero
    member _.Forward = forward
    member _.Backward = backward
    member _.Predict = predict

    interface IMetaGradientEngine with
        member _.Parameters = inner.Parameters

        member _.Forward(batch, supportWeights, phase) =
            let start = Stopwatch.GetTimestamp()
            let losses = inner.Forward(batch, supportWeights, phase)
            forward <- forward + Stopwatch.GetElapsedTime start
            losses

        member _.Backward(queryWeights, userWeights) =
            let start = Stopwatch.GetTimestamp()
            inner.Backward(queryWeights, userWeights)
            backward <- backward + Stopwatch.GetElapsedTime start

        member _.SupportGradient = inner.SupportGradient

        member _.Predict batch =
            let start = Stopwatch.GetTimestamp()
            let scores = inner.Predict batch
            predict <- predict + Stopwatch.GetElapsedTime start
            scores

        member _.Dispose() = inner.Dispose()

let seconds (span: TimeSpan) = span.TotalSeconds
let median (values: float list) = values |> List.sort |> List.item (values.Length / 2)

// What the compiler of scripts holds before anything is read.
let compiler = GC.GetTotalMemory true
let first = Experiment.spec "MeLU" settings
let start = Stopwatch.StartNew()

// The synthetic world is made as large as asked for: four fifths of its users train.
let data =
    if dataset = SyntheticRatings.Name then
        let world = SyntheticRatings.Generate(SyntheticSpec(Users = int users * 5 / 4), 1128L)
        Dataset(world.Ratings, 4.0, ImmutableArray.Create "segment", ImmutableArray.Create "category")
    else
        Experiment.load first

let loading = seconds start.Elapsed
let prepared = Experiment.prepare data first
let preparing = seconds start.Elapsed - loading
let train = prepared.Split.MetaTrain

/// Wall seconds of one training by part, and managed bytes after its second and its last epoch.
let measure (preset: string) (own: (string * string) list) =
    let spec = Experiment.spec "MeLU" (settings @ (Experiment.PresetKey, preset) :: own)

    let model =
        spec.Meta.Model.Create(
            prepared.SchemaOf(first.Meta.Features),
            spec.Meta.Features.EmbeddingScale,
            spec.Split.Label
        )

    let reweighter = Reweighter.Fit(spec.Meta.Robustness, prepared.Source, train, null, spec.Seed)
    use inner = spec.Meta.Engine.Create(model, model.CreateParameters spec.Seed)
    let engine = new TimedEngine(inner)
    let held = ResizeArray<int64>()
    let mutable collecting = TimeSpan.Zero

    // The collection that memory is counted after is no part of a run.
    let progress =
        { new IProgress<EpochRecord> with
            member _.Report _ =
                let start = Stopwatch.GetTimestamp()
                held.Add(GC.GetTotalMemory true)
                collecting <- collecting + Stopwatch.GetElapsedTime start
        }

    let mutable validating = TimeSpan.Zero

    let criterion =
        ValidationCriterion(
            prepared.Validation.Name,
            prepared.Validation.HigherIsBetter,
            fun predictor ->
                let start = Stopwatch.GetTimestamp()
                let value = prepared.Validation.Evaluate.Invoke predictor
                validating <- validating + Stopwatch.GetElapsedTime start
                value
        )

    let trainer =
        Trainer(spec.Meta.Training, engine, reweighter, prepared.Source, train, criterion, spec.Seed, model.Phases)

    let total = Stopwatch.StartNew()
    trainer.Run(null, progress) |> ignore
    let whole = seconds (total.Elapsed - collecting)
    let start = Stopwatch.StartNew()
    prepared.Evaluate(EnginePredictor("MeLU", inner)) |> ignore

    {|
        Total = whole
        Forward = seconds engine.Forward
        Backward = seconds engine.Backward
        Validation = seconds validating
        Test = seconds start.Elapsed
        Held = held[min 1 (held.Count - 1)], held[held.Count - 1]
    |}

/// Making the batches of one epoch, and one step of the optimizer a batch, each alone.
let assembly, stepping =
    let random = Seeds.Generator(1L, "assembly")
    let order = BatchOrder.Of(train, first.Meta.Training.BatchSize, false, random)

    let model =
        first.Meta.Model.Create(
            prepared.SchemaOf(first.Meta.Features),
            first.Meta.Features.EmbeddingScale,
            first.Split.Label
        )

    let parameters = model.CreateParameters 1L
    let optimizer = Optimizer.Of(first.Meta.Training.Optimizer, parameters, first.Meta.Training.WeightDecay)
    let chunks = order |> Array.chunkBySize first.Meta.Training.BatchSize

    let secondsOf act =
        median
            [
                for _ in 1..rounds ->
                    (let w = Stopwatch.StartNew() in
                     act ()
                     seconds w.Elapsed)
            ]

    secondsOf (fun () ->
        for users in chunks do
            prepared.Source.Batch(train, ReadOnlySpan users) |> ignore),
    secondsOf (fun () ->
        for _ in chunks do
            optimizer.Step(List.ofSeq parameters.All, 1e-3, 1.0))

let plain = "plain"
measure "plain" [] |> ignore

let runs =
    [
        for round in 1..rounds do
            printfn $"round {round} of {rounds}"
            let order = if round % 2 = 0 then List.rev methods else methods

            for name, preset, own in order -> name, measure preset own
    ]

let perEpoch x = x / float epochs

let rows =
    [
        for name, _, _ in methods do
            let own =
                [
                    for n, run in runs do
                        if n = name then
                            run
                ]

            let of' part = own |> List.map part |> median |> perEpoch

            // Rounds are compared within themselves: the machine changes from round to round.
            let ratios =
                [
                    for r in 0 .. rounds - 1 do
                        let inRound = runs |> List.skip (r * methods.Length) |> List.take methods.Length |> dict
                        inRound[name].Total / inRound[plain].Total
                ]

            let total, engine = of' _.Total, of' (fun r -> r.Forward + r.Backward)
            let early, late = own.Head.Held
            let megabytes (bytes: int64) = CellText.number 0 (float (bytes - compiler) / 1048576.0)

            [
                name
                CellText.number 3 total
                $"{CellText.number 3 (median ratios)} ({CellText.number 3 (List.min ratios)} to {CellText.number 3 (List.max ratios)})"
                CellText.number 3 engine
                CellText.number 3 (of' _.Validation)
                CellText.number 3 (total - engine - of' _.Validation)
                CellText.number 3 (own |> List.map _.Test |> median)
                $"{megabytes early} / {megabytes late}"
            ]
    ]

let table: Table =
    Table.ofText
        [
            "an epoch, seconds"
            "whole"
            "by plain"
            "engine"
            "validation"
            "rest"
            "test sets, once"
            "managed MiB, epoch 2 / last"
        ]
        rows

let host = String.Join("; ", [ for struct (name, value) in EnvironmentReport.Facts() -> $"{name} {value}" ])
let users' = train.Length
let ratings = prepared.Dataset.Ratings.Count

let text =
    $"""# What a whole run costs: {dataset}

MeLU, 32/32, batches of {first.Meta.Training.BatchSize}, {users'} training users ({ratings} ratings in all), medians of {rounds} interleaved
rounds of {epochs} epochs, seed {first.Seed}; ratios are medians (ranges) of those within a round. Reading the data took {CellText.number 1 loading} s, making
tasks and test sets {CellText.number 1 preparing} s, once. *Engine*: adaptation, losses and meta-gradient. *Rest*: making batches
({CellText.number 3 assembly} s an epoch when done alone), the optimizer ({CellText.number 3 stepping} s alone), the adversary's weights, the
norm of the gradient. *Managed MiB*: without the {CellText.number 0 (float compiler / 1048576.0)} that the compiler of scripts holds. Made by `dotnet fsi RobustMeta.Scripts/experiments/whole_runs.fsx {dataset} {users} {epochs} {rounds}` on {host}.

{MarkdownTable.grid table}"""

File.WriteAllText(Path.Combine(Load.reports, $"whole_runs_{dataset}.md"), text)
printf "%s" text
