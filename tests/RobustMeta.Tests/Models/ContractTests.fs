/// What every model must satisfy, those of the registry and any other. Nothing here names a model, except where one departs
/// from the rule by its published definition.
module RobustMeta.Tests.Models.ContractTests

open System
open System.Collections.Immutable
open Expecto
open RobustMeta.Engine
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests.Models.ContractCase
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open TorchSharp

/// The posterior of the training set depends on the query labels: a query interaction acts by more than its own loss.
let private seesQueryLabels = set [ "TaNP" ]

/// Parameters that are cut off from a part of the objective on purpose, so that the gradient is not of the whole.
let private isCutOff (model: string) (parameter: string) =
    // MWUF: the warm loss does not reach the cold vectors. MAMO: attention to the memories takes no part in gradients.
    model = "MWUF" && parameter.StartsWith "cold" || model = "MAMO" && parameter.StartsWith "user."

let private weightsOf (tasks: Task list) : Weights =
    let rows (select: Task -> (int * float32) list) =
        tasks |> List.mapi (fun u t -> select t |> List.mapi (fun j _ -> 0.3 + 0.2 * float u + 0.1 * float j))

    {
        Support = Some(rows _.Support)
        Query = rows _.Query
        User = tasks |> List.mapi (fun u _ -> 0.5 + 0.3 * float u)
    }

let private allowed (model: MetaRecommender) (weights: Weights) =
    if model.SupportWeighting = SupportWeighting.Refused then
        { weights with Support = None }
    else
        weights

let private sum (outcomes: Outcome list) =
    let add a b = Array.map2 (+) a b
    let merge (a: Map<string, float[]>) (b: Map<string, float[]>) = a |> Map.map (fun name g -> add g b[name])
    outcomes |> List.map _.Gradients |> List.reduce merge, outcomes |> List.sumBy _.Value

let private only u (weights: Weights) =
    {
        Support = weights.Support |> Option.map (fun rows -> [ rows[u] ])
        Query = [ weights.Query[u] ]
        User = [ weights.User[u] ]
    }

let private batched (spec: ModelSpec) label =
    let case, tasks = caseFor spec label, tasksFor label
    let together = scores case (batch tasks |> withOffsets label tasks)

    tasks
    |> List.iteri (fun b task ->
        let alone = scores case (batch [ task ] |> withOffsets label [ task ])
        near $"task {b} alone" 1e-10 together[b] alone[0])

    let reversed = List.rev tasks
    let again = scores case (batch reversed |> withOffsets label reversed)
    Array.iter2 (near "other order of users" 1e-10) together (Array.rev again)

let private perUserLoop (spec: ModelSpec) label =
    let case, tasks = caseFor spec label, tasksFor label
    let weights = weightsOf tasks |> allowed case.Model

    for phase in case.Model.Phases do
        let together = objective case phase weights (batch tasks |> withOffsets label tasks)

        let gradients, value =
            tasks
            |> List.mapi (fun u t -> objective case phase (only u weights) (batch [ t ] |> withOffsets label [ t ]))
            |> sum

        near $"objective of {phase.Name}" 1e-10 [| value |] [| together.Value |]
        nearGradients phase.Name 1e-9 gradients together.Gradients

/// Users meet in Together alone: however a batch is cut, and on however many threads, the engine finds the same.
let private cut (spec: ModelSpec) label =
    let case, tasks = caseFor spec label, tasksFor label
    let weights = weightsOf tasks |> allowed case.Model
    let batch = batch tasks |> withOffsets label tasks
    let whole = [ [ 0..3 ] ]
    let cuts = [ [ [ 2 ]; [ 0 ]; [ 3 ]; [ 1 ] ]; [ [ 3; 1 ]; [ 0; 2 ] ]; [ [ 1; 2; 0 ]; [ 3 ] ] ]

    for phase in case.Model.Phases do
        let expected = cutInto whole 1 case phase weights batch

        for parts in cuts do
            let actual = cutInto parts 1 case phase weights batch
            near $"losses of {phase.Name}" 1e-12 expected.Losses actual.Losses
            nearGradients phase.Name 1e-12 expected.Gradients actual.Gradients
            near $"support gradient of {phase.Name}" 1e-12 expected.SupportGradient actual.SupportGradient
            Expect.equal (Set.ofSeq actual.State.Keys) (Set.ofSeq expected.State.Keys) "names of the state"

            for KeyValue(name, state) in expected.State do
                near $"state {name}" 1e-12 state actual.State[name]

            for threads in [ 2; 3 ] do
                Expect.equal (cutInto parts threads case phase weights batch) actual $"{threads} threads, to the bit"

    let expected = scoresOfCut whole 1 case batch

    for parts in cuts do
        let actual = scoresOfCut parts 1 case batch
        near "scores" 1e-12 expected actual
        Expect.equal (scoresOfCut parts 3 case batch) actual "scores on three threads, to the bit"

let private permuted (spec: ModelSpec) label =
    let case, tasks = caseFor spec label, tasksFor label
    let turned = tasks |> List.map (fun t -> { t with Support = List.rev t.Support })
    let expected, actual = scores case (batch tasks), scores case (batch turned)
    Array.iter2 (near "reversed support" 1e-9) expected actual

let private blindToQueryLabels (spec: ModelSpec) label =
    let case, tasks = caseFor spec label, tasksFor label
    let flipped = tasks |> List.map (fun t -> { t with Query = t.Query |> List.map (fun (i, y) -> i, 1.0f - y) })
    Expect.equal (scores case (batch flipped)) (scores case (batch tasks)) "scores"

let private supportWeighted (spec: ModelSpec) label =
    let case, tasks = caseFor spec label, tasksFor label

    if case.Model.SupportWeighting = SupportWeighting.Refused then
        use engine = new AutogradEngine(case.Model, case.Model.CreateParameters(1L))
        let tasks = batch tasks
        let ones = Array.create tasks.SupportItems.Length 1.0f

        Expect.throwsT<NotSupportedException>
            (fun () -> engine.Forward(tasks, ReadOnlySpan ones).Length |> ignore)
            "support weights are refused"
    else
        let rows f = tasks |> List.map (fun t -> t.Support |> List.mapi (fun j _ -> f t.Support.Length j))
        let plain = scores case (batch tasks)
        let constant = scoresWith (Some(rows (fun _ _ -> 1.0))) case (batch tasks)
        Array.iter2 (near "all weights one" 1e-10) plain constant
        // The first interaction of each user that has several: weight 0, as if it were not there.
        let zero = scoresWith (Some(rows (fun n j -> if n > 1 && j = 0 then 0.0 else 1.0))) case (batch tasks)

        let removed =
            tasks |> List.map (fun t -> if t.Support.Length > 1 then { t with Support = t.Support.Tail } else t)

        Array.iter2 (near "weight zero" 1e-9) (scores case (batch removed)) zero
        // The same interaction with weight 2, as if it were there twice.
        let two = scoresWith (Some(rows (fun _ j -> if j = 0 then 2.0 else 1.0))) case (batch tasks)
        let doubled = tasks |> List.map (fun t -> { t with Support = t.Support.Head :: t.Support })
        Array.iter2 (near "weight two" 1e-9) (scores case (batch doubled)) two

let private weighted (spec: ModelSpec) label =
    let case, tasks = caseFor spec label, tasksFor label
    let weights = weightsOf tasks |> allowed case.Model
    let batch tasks = batch tasks |> withOffsets label tasks

    for phase in case.Model.Phases do
        // A user of weight zero, queries included, is not there.
        let silent (rows: float list list) =
            rows |> List.mapi (fun u row -> if u = 1 then List.map (fun _ -> 0.0) row else row)

        let zero =
            { weights with
                Query = silent weights.Query
                User = weights.User |> List.mapi (fun u w -> if u = 1 then 0.0 else w)
            }

        let fewer: Weights =
            {
                Support = weights.Support |> Option.map (List.removeAt 1)
                Query = List.removeAt 1 weights.Query
                User = List.removeAt 1 weights.User
            }

        let expected = objective case phase fewer (batch (List.removeAt 1 tasks))
        let actual = objective case phase zero (batch tasks)
        nearGradients "user of weight zero" 1e-9 expected.Gradients actual.Gradients

        // A query interaction of weight zero is not there.
        if not (seesQueryLabels.Contains spec.ModelName) then
            let zero: Weights =
                { weights with
                    Query = weights.Query |> List.map (fun r -> if r.Length > 1 then 0.0 :: r.Tail else r)
                }

            let fewer: Weights =
                { weights with Query = weights.Query |> List.map (fun r -> if r.Length > 1 then r.Tail else r) }

            let shorter = tasks |> List.map (fun t -> if t.Query.Length > 1 then { t with Query = t.Query.Tail } else t)
            let expected = objective case phase fewer (batch shorter)
            let actual = objective case phase zero (batch tasks)
            nearGradients "query of weight zero" 1e-9 expected.Gradients actual.Gradients

        if case.Model.SupportWeighting = SupportWeighting.Differentiable then
            let outcome = objective case phase weights (batch tasks)
            let longest = tasks |> List.map (fun t -> t.Support.Length) |> List.max

            tasks
            |> List.iteri (fun u t ->
                for j in t.Support.Length .. longest - 1 do
                    Expect.equal outcome.Support[u * longest + j] 0.0 "gradient of a padded weight")

/// Central differences along a random direction of each parameter, and of every support weight. Losses of the batch as
/// a whole are left to the tests of the models that have one.
let private differences (spec: ModelSpec) label =
    let case, tasks = caseFor spec label, tasksFor label
    let h = 1e-6

    if case.Model.SupportWeighting <> SupportWeighting.Constant then
        let weights = weightsOf tasks |> allowed case.Model
        let batch = batch tasks |> withOffsets label tasks

        for phase in case.Model.Phases do
            let outcome = objective case phase weights batch
            let scale = outcome.Gradients.Values |> Seq.collect id |> Seq.fold (fun m x -> max m (abs x)) 1e-3

            for KeyValue(name, gradient) in outcome.Gradients do
                if not (isCutOff spec.ModelName name) then
                    let random = Seeds.Generator(5L, "direction", name)
                    let direction = gradient |> Array.map (fun _ -> random.NextGaussian())
                    let length = direction |> Array.sumBy (fun d -> d * d) |> sqrt

                    let at step =
                        let moved = Array.map2 (fun x d -> x + step * d / length) case.Values[name] direction
                        (objective { case with Values = case.Values.Add(name, moved) } phase weights batch).Value

                    let expected = (at h - at -h) / (2.0 * h)
                    let actual = Array.fold2 (fun s g d -> s + g * d / length) 0.0 gradient direction
                    Expect.isLessThan (abs (expected - actual) / scale) 2e-6 $"{phase.Name}: {name}"

            match weights.Support with
            | Some rows ->
                let longest = rows |> List.map List.length |> List.max

                rows
                |> List.iteri (fun u row ->
                    row
                    |> List.iteri (fun j a ->
                        let at step =
                            let moved = rows |> List.updateAt u (row |> List.updateAt j (a + step))
                            (objective case phase { weights with Support = Some moved } batch).Value

                        let expected = (at h - at -h) / (2.0 * h)
                        let actual = outcome.Support[u * longest + j]

                        Expect.isLessThan
                            (abs (expected - actual) / scale)
                            2e-6
                            $"{phase.Name}: support weight {u},{j}"))
            | None -> ()

let private stateless (spec: ModelSpec) label =
    let model = spec.Create(schema, 0.1, label)
    let parameters = model.CreateParameters(3L)
    use engine = new AutogradEngine(model, parameters)
    let tasks = batch (tasksFor label)
    let before = snapshot parameters
    let first = engine.Predict tasks
    engine.Forward(tasks).Length |> ignore
    Expect.equal (engine.Predict tasks) first "the same again, to the bit"
    Expect.equal (snapshot parameters) before "neither prediction nor a forward pass changes anything"
    let losses = Array.create tasks.QueryItems.Length 0.1f

    for phase in model.Phases do
        engine.Forward(tasks, ReadOnlySpan.Empty, phase).Length |> ignore
        engine.Backward(ReadOnlySpan losses, ReadOnlySpan [| 1.0f; 1.0f; 1.0f; 1.0f |])

        for parameter, old in Seq.zip parameters.All before do
            if not (phase.Learns parameter) then
                Expect.all parameter.Gradient (fun g -> g = 0.0f) $"{parameter.Name} is not learned"

            if not parameter.IsState then
                Expect.equal
                    (parameter.Values.ToArray())
                    old
                    $"a backward pass leaves {parameter.Name} to the optimizer"

/// The contract of models of one's own, too: `testList "my model" (ContractTests.suite [ MySpec() ])`.
let suite (specs: ModelSpec list) =
    [
        testList "a task scores alone as in a batch" (onEach specs batched)
        testList "gradients of a batch are the sum of its users' gradients" (onEach specs perUserLoop)
        testList "a batch that is cut is the batch" (onEach specs cut)
        testList "the order of the support does not matter" (onEach specs permuted)
        testList "evaluation does not see query labels" (onEach specs blindToQueryLabels)
        testList "support weights: one, zero, two; or refused" (onEach specs supportWeighted)
        testList "user and query weights of zero; padding" (onEach specs weighted)
        testList "finite differences" (onEach specs differences)
        testList "prediction changes no state" (onEach specs stateless)
        testList
            "settings have unique keys beside the experiment's own, and every value comes back"
            [
                for spec in specs do
                    testCase spec.ModelName
                    <| fun () ->
                        let experiment = ExperimentSpec(Method = MetaMethodSpec spec)

                        for setting in SettingList.Of experiment do
                            let same = experiment.With(struct (setting.Key, setting.Print experiment))
                            Expect.equal same.Text experiment.Text setting.Key
            ]
    ]

[<Tests>]
let tests = testList "Model contract" (suite (List.ofSeq ModelSpec.Registry.All.Values))
