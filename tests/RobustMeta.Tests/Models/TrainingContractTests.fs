/// What every model must satisfy when it is trained: the second half of the contract.
module RobustMeta.Tests.Models.TrainingContractTests

open System
open System.Collections.Immutable
open System.IO
open Expecto
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.Models.ContractCase
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Training
open TorchSharp

/// Some steps of Adam in each phase, as the trainer takes them; the mean losses of the last phase.
let private train (engine: AutogradEngine) (model: MetaRecommender) (next: int -> TaskBatch) steps rate =
    let optimizer = Optimizer.Of(OptimizerKind.Adam, engine.Parameters, 0.0)

    [
        for phase in model.Phases do
            let learned = engine.Parameters.All |> Seq.filter phase.Learns |> Array.ofSeq
            optimizer.Reset()

            for step in 1..steps do
                let tasks = next step
                let losses = engine.Forward(tasks, ReadOnlySpan.Empty, phase).ToArray()

                let weights =
                    [|
                        for b in 0 .. tasks.Count - 1 do
                            yield!
                                Array.create (tasks.QueryLength b) (1.0f / float32 (tasks.Count * tasks.QueryLength b))
                    |]

                let users = Array.create tasks.Count (1.0f / float32 tasks.Count)
                engine.Backward(ReadOnlySpan weights, ReadOnlySpan users)
                optimizer.Step(learned, rate * (1.0 - float step / float (steps + 1)), 1.0)
                float (Array.average losses)
    ]

let private reproducible (spec: ModelSpec) label =
    let run () =
        let model = spec.Create(schema, 0.1, label)
        use engine = new AutogradEngine(model, model.CreateParameters(7L))
        train engine model (fun _ -> batch (tasksFor label)) 3 0.01 |> ignore
        model, snapshot engine.Parameters, engine.Predict(batch (tasksFor label))

    let _, first, _ = run ()
    let model, second, scores = run ()
    Expect.equal second first "same seed, same bytes"
    // Saved and loaded, it predicts the same.
    let file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors")

    try
        let saved = SafetensorsFile()
        let shapes = model.CreateParameters(0L)
        Seq.iter2 (fun (p: Parameter) (v: float32[]) -> saved.Add(p.Name, v, Seq.toArray p.Shape)) shapes.All second
        saved.Save file
        let loaded = SafetensorsFile.Load file
        let other = model.CreateParameters(8L)
        other.All |> Seq.iter (fun p -> loaded.Single(p.Name).CopyTo(p.Values.AsSpan()))
        use engine = new AutogradEngine(model, other)
        Expect.equal (engine.Predict(batch (tasksFor label))) scores "scores after loading"
    finally
        File.Delete file

let private corners (spec: ModelSpec) label =
    let one = if label = LabelKind.Click then 1.0f else 4.0f
    let items length = [ for j in 0 .. length - 1 -> j % 7, one ]

    let tasks: Task list =
        [
            { User = 0; Support = items 1; Query = items 1 }
            { User = 4; Support = items 6; Query = items 13 }
            { User = 2; Support = [ 0, 0.0f ]; Query = [ 1, 0.0f ] }
        ]

    let content = InputSchema(schema.ItemFields.RemoveAt 0, schema.UserFields, 3, UserIdentity = schema.UserIdentity)

    let identity =
        InputSchema(
            ImmutableArray.Create schema.ItemFields[0],
            ImmutableArray.Empty,
            3,
            UserIdentity = schema.UserIdentity
        )

    for schema in [ schema; content; identity ] do
        let model = spec.Create(schema, 0.1, label)
        use engine = new AutogradEngine(model, model.CreateParameters(3L))
        let losses = train engine model (fun _ -> batch tasks) 2 0.001
        Expect.all losses Double.IsFinite "losses"
        Expect.all (engine.Predict(batch tasks)) Single.IsFinite "one class, one support interaction, an unseen user"

/// Each user likes or dislikes the even items, and likewise the odd ones.
let private overfits (spec: ModelSpec) label =
    let likes user item = (user >>> (item % 2)) % 2 = 1
    let value user item = (if label = LabelKind.Click then 0.0f else 2.0f) + (if likes user item then 1.0f else 0.0f)

    let tasks: Task list =
        [
            for u in 0..3 ->
                { User = u; Support = [ for i in 0..3 -> i, value u i ]; Query = [ for i in 4..6 -> i, value u i ] }
        ]

    let names =
        TokenField("name", 5, ImmutableArray.CreateRange [ 0..5 ], ImmutableArray.CreateRange [ 1; 2; 3; 4; 0 ])

    let named =
        InputSchema(schema.ItemFields, ImmutableArray.Create<InputField> names, 3, UserIdentity = schema.UserIdentity)

    let lossAt rate =
        let model = spec.Create(named, 0.5, label)
        use engine = new AutogradEngine(model, model.CreateParameters(3L))
        train engine model (fun _ -> batch tasks) 500 rate |> ignore
        use scope = torch.NewDisposeScope()
        let predicted = torch.tensor (engine.Predict(batch tasks))
        let truth = torch.tensor (Array.ofSeq (batch tasks).QueryLabels)
        Losses.Of(label, predicted, truth).mean().item<float32>()

    // No rate suits all models; one of these must.
    let best = [ 0.02; 0.01; 0.05 ] |> Seq.map lossAt |> Seq.tryFind (fun loss -> loss < 1e-2f)
    Expect.isSome best "loss of the four users below 0.01 at one of three learning rates"

/// Users who rate y = a x + b of an item's number x, each with a and b of their own that no feature tells.
let private adapts (spec: ModelSpec) =
    let count = 40
    let random = Seeds.Generator(31L, "lines")
    let numbers = Array.init count (fun _ -> random.NextGaussian())
    let iota n = ImmutableArray.CreateRange [ 0..n ]

    let lines =
        InputSchema(
            ImmutableArray.Create<InputField>(NumericField("x", ImmutableArray.CreateRange(numbers |> Seq.map float32))),
            ImmutableArray<InputField>.Empty,
            3,
            UserIdentity =
                TokenField("id", 65, iota 96, ImmutableArray.CreateRange [ for u in 1..96 -> if u <= 64 then u else 0 ])
        )

    let task user : Task =
        let a, b = random.NextGaussian(), random.NextGaussian()

        let items =
            random.Permutation count |> Seq.take 16 |> Seq.map (fun i -> i, float32 (a * numbers[i] + b)) |> List.ofSeq

        { User = user; Support = List.take 8 items; Query = List.skip 8 items }

    let users = List.init 96 task
    let model = spec.Create(lines, 0.5, LabelKind.Rating)
    use engine = new AutogradEngine(model, model.CreateParameters(3L))
    let known = List.take 64 users
    let groups = known |> List.chunkBySize 16 |> List.map batch |> Array.ofList
    train engine model (fun step -> groups[step % groups.Length]) 300 0.01 |> ignore

    let error (tasks: Task list) =
        let truth = tasks |> List.collect _.Query |> List.map (snd >> float)
        let scores = engine.Predict(batch tasks) |> Seq.map float
        Seq.map2 (fun y s -> (y - s) ** 2.0) truth scores |> Seq.average

    let strangers = List.skip 64 users
    let supports = strangers |> List.map _.Support
    let swapped = List.map2 (fun (t: Task) s -> { t with Support = s }) strangers (supports.Tail @ [ supports.Head ])
    let own, others = error strangers, error swapped
    Expect.isLessThan own (0.8 * others) $"own support {own} against another user's {others}"

/// A model that says so has the same scores whatever the labels of the supports.
let private ignoresSupportLabels (spec: ModelSpec) =
    for label in labels do
        let tasks = tasksFor label

        let flipped =
            tasks |> List.map (fun t -> { t with Support = t.Support |> List.map (fun (i, y) -> i, 1.0f - y) })

        let model = spec.Create(schema, 0.5, label)
        use engine = new AutogradEngine(model, model.CreateParameters(3L))
        Expect.equal (engine.Predict(batch flipped)) (engine.Predict(batch tasks)) $"{label}"

let private adaptsAsItSays (spec: ModelSpec) =
    if (spec.Create(schema, 0.5, LabelKind.Rating)).AdaptsToLabels then
        adapts spec
    else
        ignoresSupportLabels spec

/// The contract of models of one's own, too.
let suite (specs: ModelSpec list) =
    [
        testList "same seed, same bytes; saved and loaded" (onEach specs reproducible)
        testList "corner cases of support, query and features" (onEach specs corners)
        testList "four users can be learned by heart" (onEach specs overfits)
        testList
            "new users' own support helps, or its labels do not act, as AdaptsToLabels says"
            [ for spec in specs -> testCase spec.ModelName (fun () -> adaptsAsItSays spec) ]
    ]

[<Tests>]
let tests = testList "Model contract, training" (suite (List.ofSeq ModelSpec.Registry.All.Values))
