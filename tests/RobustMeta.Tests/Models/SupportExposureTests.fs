/// Which items a support has, as an input of models: against the formula by hand, and what must not enter.
module RobustMeta.Tests.Models.SupportExposureTests

open System
open System.Collections.Immutable
open System.Threading.Tasks
open Expecto
open RobustMeta.Engine
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Factors
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Tests.Properties
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.Models.ExposurePriorTests

let private rank = 4

let private exposed =
    InputSchema(identity.ItemFields, ImmutableArray.Empty, 3, Exposure = ExposureInput(items, rank))

let private specs: ModelSpec list = [ MeLUSpec(); MetaRidgeSpec(); TaNPSpec() ]
let private train = world 5L 80 true

let private started (schema: InputSchema) (spec: ModelSpec) threads =
    let model = spec.Create(schema, 0.3, LabelKind.Rating)
    let parameters = model.CreateParameters 3L
    model.Start(parameters, batch train, 3L, threads)
    model, parameters

let private predict (model: MetaRecommender) parameters tasks =
    use engine = new AutogradEngine(model, parameters, 1)
    engine.Predict(batch tasks)

let private vectorsOf (parameters: ParameterSet) =
    parameters[ExposureInput.Vectors].Values.ToArray() |> Array.chunkBySize rank

/// The inputs of a support, by the formula.
let private inputsOf (parameters: ParameterSet) (support: int list) =
    let vectors = vectorsOf parameters
    let size = float support.Length

    let sum k = support |> List.sumBy (fun item -> let row: float32[] = vectors[item] in float (row[k]))
    let sums = Array.init rank (fun k -> sum k / sqrt size)

    Array.append sums [| log (size / 15.0) |]
    |> Array.mapi (fun k x ->
        (x - float parameters[ExposureInput.Means].Values[k]) * float parameters[ExposureInput.Scales].Values[k])

let private agreesByHand () =
    let model, parameters = started exposed (MetaRidgeSpec(FeatureDim = 2, Ridge = 1e6)) 1
    // The ridge is so stiff that the user stays at the prior: p0 = inputs · W + b.
    let tasks = List.truncate 6 (world 9L 6 true)
    let actual = predict model parameters tasks
    let weight, bias = parameters["prior.0.weight"].Values, parameters["prior.0.bias"].Values
    let table = parameters["item.id"].Values.ToArray() |> Array.chunkBySize 3
    let feature, shift = parameters["feature.0.weight"].Values, parameters["feature.0.bias"].Values

    let expected =
        [|
            for task in tasks do
                let inputs = inputsOf parameters (List.map fst task.Support)

                let user =
                    [
                        for f in 0..1 ->
                            float bias[f] + Seq.sum (Seq.mapi (fun k x -> x * float weight[k * 2 + f]) inputs)
                    ]

                for item, _ in task.Query do
                    [
                        for f in 0..1 ->
                            user[f]
                            * (float shift[f]
                               + Seq.sum (Seq.mapi (fun k x -> float x * float feature[k * 2 + f]) table[item + 1]))
                    ]
                    |> List.sum
        |]

    ModelCase.near "scores" 1e-4 expected (Array.map float actual)

let private vectorsAreThoseOfThePriors () =
    let _, parameters = started exposed (TaNPSpec()) 1
    let cells = FactorCells.Of(batch train, items)
    let expected = ExposureEmbedding.ForUsers(cells, rank, 3L, ParallelOptions())

    let actual = parameters[ExposureInput.Vectors].Values.ToArray()
    Expect.equal actual (Array.map float32 (expected.ToRowMajorArray())) "row by row"

let private standardises () =
    let _, parameters = started exposed (MeLUSpec()) 1

    // Over the supports of many users of the same world.
    let inputs = world 77L 600 true |> List.map (fun user -> inputsOf parameters (List.map fst user.Support))

    for k in 0 .. rank - 1 do
        let column = inputs |> List.map (Array.item k)
        let mean = List.average column
        Expect.isLessThan (abs mean) 0.4 $"mean of input {k}"
        let spread = sqrt (column |> List.averageBy (fun x -> (x - mean) ** 2.0))
        Expect.isTrue (spread > 0.5 && spread < 2.0) $"deviation {spread} of input {k}"

/// Scores of one user beside any others, whatever is asked of the user and whatever others did; in double precision, where rounding
/// (in single precision it differs with the number of rows) cannot be taken for a leak, nor a leak for rounding.
let private othersDoNotEnter (spec: ModelSpec) =
    let started =
        lazy
            (let model, parameters = started exposed spec 1
             let values = parameters.All |> Seq.map (fun p -> p.Name, Array.map float (p.Values.ToArray()))
             { Model = model; Values = Map.ofSeq values }: ModelCase.Case)

    fun (seed: int64) ->
        let case = started.Value
        let random = Seeds.Generator(seed, "exposure property")
        let users = world (abs (seed % 1000L)) 4 (random.Next 2 = 0)
        let mine = users.Head
        let alone = ModelCase.scores case (batch [ { mine with Query = [ mine.Query.Head ] } ])
        let more = mine.Query |> List.map (fun (item, y) -> item, 6f - y)
        let beside = ModelCase.scores case (batch ({ mine with Query = more } :: users.Tail))
        ModelCase.near "the first score" 1e-10 [| alone[0][0] |] [| beside[0][0] |]

let private supportsEnter (spec: ModelSpec) =
    let model, parameters = started exposed spec 1
    let user = (world 8L 1 true).Head
    // Other items of the same (unknown) embedding, the same labels: only the choice differs.
    parameters["item.id"].Values.AsSpan().Clear()
    let other = { user with Support = user.Support |> List.map (fun (item, y) -> (item + 150) % items, y) }
    let query task = { task with Query = user.Query }
    Expect.notEqual (predict model parameters [ query other ]) (predict model parameters [ query user ]) "choice enters"

let private isOffByDefault (spec: ModelSpec) =
    let names (schema: InputSchema) =
        [ for shape in spec.Create(schema, 0.1, LabelKind.Click).Shapes -> shape.Name, List.ofSeq shape.Shape ]

    let plain = names identity
    Expect.isFalse (plain |> List.exists (fun (name, _) -> name.StartsWith "exposure")) "no parameter"
    let added = List.except (List.map fst plain) (List.map fst (names exposed))
    Expect.containsAll added [ ExposureInput.Vectors; ExposureInput.Means; ExposureInput.Scales ] "three more"

let private fusedScoresAlike () =
    for spec in specs do
        let model, parameters = started exposed spec 1
        Expect.isNull (FusedEngine.Refusal model) $"{spec.ModelName} is fused"
        let tasks = world 9L 6 true
        use engine = new FusedEngine(model, parameters, 1, 0)
        let expected, actual = predict model parameters tasks, engine.Predict(batch tasks)
        ModelCase.near spec.ModelName 1e-4 (Array.map float expected) (Array.map float actual)

let private ignoresThreads () =
    let values threads =
        let _, parameters = started exposed (MeLUSpec()) threads
        [ for parameter in parameters.All -> parameter.Name, parameter.Values ]

    Expect.equal (values 3) (values 1) "the same bits"

/// What a run computes once from its training tasks is all that others contribute: validation and test users are not in it.
let private testUsersDoNotEnter () =
    TempFolder.within (fun root ->
        let run = ServedRun.train root "MetaRidge" [ "userExposure", $"{rank}" ]
        let prepared = run.Prepared
        let count = prepared.Dataset.Ratings.Items.Count
        let cells = FactorCells.Of(prepared.Source.All prepared.Split.MetaTrain, count)
        let expected = ExposureEmbedding.ForUsers(cells, rank, prepared.Spec.Seed, ParallelOptions())
        let file = RobustMeta.Training.SafetensorsFile.Load(System.IO.Path.Combine(run.Folder, "model.safetensors"))
        let name = file.Names |> Seq.find (fun name -> name.EndsWith ExposureInput.Vectors)

        ModelCase.near
            "vectors from meta-training tasks alone"
            1e-6
            (expected.ToRowMajorArray())
            (Array.map float (file.Single name)))

[<Tests>]
let tests =
    testList
        "Exposure input"
        [
            testCase "scores by hand at a stiff ridge" agreesByHand
            testCase "vectors of the items are those of the informed priors" vectorsAreThoseOfThePriors
            testCase "inputs are standardised over supports of other users" standardises
            testCase "inputs do not depend on the number of threads" ignoresThreads
            testCase "validation and test users are not in the items' vectors" testUsersDoNotEnter
            testCase
                "the fused engine scores with exposure as an input as automatic differentiation does"
                fusedScoresAlike

            for spec in specs do
                propertyOf
                    30
                    $"{spec.ModelName}: neither queries nor other users enter the exposure"
                    (othersDoNotEnter spec)

                testCase $"{spec.ModelName}: which items the support has enters" (fun () -> supportsEnter spec)
                testCase $"{spec.ModelName}: exposure is no input by default" (fun () -> isOffByDefault spec)
        ]
