/// Priors of MetaPMF that are informed by which items were rated: their parts against dense oracles, and what they recover.
module RobustMeta.Tests.Models.ExposurePriorTests

open System.Collections.Immutable
open System.Threading.Tasks
open Expecto
open MathNet.Numerics.LinearAlgebra
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Models.Factors
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.Models.DenseFactors
open RobustMeta.Tests.TinyWorld

let items = 300

/// Users of one taste t ~ N(0, 1): half of the items are liked by high t, half by low t. Where choice is informative, users
/// rate mostly what they like; ratings are noisy, so that a short support says little by its values.
let worldOf isClean seed count isInformative =
    let random = Seeds.Generator(seed, "exposure world")

    List.init count (fun _ ->
        let t = random.NextGaussian()

        let key item =
            let liking = if item < items / 2 then t else -t
            (if isInformative then 1.0 * liking else 0.0) + random.NextGumbel()

        let clean item = 3.0 + 0.8 * (if item < items / 2 then t else -t)
        let rate item = item, float32 (clean item + 1.0 * random.NextGaussian())

        let chosen =
            [ for item in 0 .. items - 1 -> key item, item ] |> List.sortDescending |> List.take 16 |> List.map snd

        let mixed = random.Permutation 16 |> Array.map (fun i -> chosen[i]) |> List.ofArray
        let query = List.skip 4 mixed

        let labels =
            if isClean then
                [ for item in query -> item, float32 (clean item) ]
            else
                List.map rate query

        { User = 0; Support = mixed |> List.take 4 |> List.map rate; Query = labels })

let world seed = worldOf false seed

/// The same without noise in the queries: what a model misses is its own error.
let answers seed = worldOf true seed

let identity =
    let iota = ImmutableArray.CreateRange [ 0..items ]
    let id = TokenField("id", items + 1, iota, ImmutableArray.CreateRange [ 1..items ])
    InputSchema(ImmutableArray.Create<InputField> id, ImmutableArray.Empty, 3)

let fit (spec: MetaPmfSpec) train threads =
    let model = spec.Create(identity, 0.1, LabelKind.Rating)
    let parameters = model.CreateParameters(1L)
    model.Start(parameters, batch train, 1L, threads)
    model, parameters

let error spec train test =
    let model, parameters = fit spec train 1
    use engine = new AutogradEngine(model, parameters)
    let tasks = batch test

    Seq.map2 (fun (y: float32) (s: float32) -> float (y - s) ** 2.0) tasks.QueryLabels (engine.Predict tasks)
    |> Seq.average

let private spec user item =
    MetaPmfSpec(Factors = 2, TasteVariance = 0.6, UserPrior = user, ItemPrior = item, ExposureRank = 8)

let private dense (cells: FactorCells) =
    let count user = let struct (first, last) = cells.OfUser user in float (last - first)
    let matrix = Matrix<float>.Build.Dense(cells.Users, cells.Items)

    for cell in 0 .. cells.Count - 1 do
        let user, item = cells.User[cell], cells.Item[cell]
        matrix[user, item] <- 1.0 / sqrt (count user) / sqrt (float (cells.OfItem item).Length + 3.0)

    for item in 0 .. cells.Items - 1 do
        matrix.SetColumn(item, matrix.Column(item).Subtract(matrix.Column(item).Sum() / float cells.Users))

    matrix

let private findsSingularVectors () =
    let cells = FactorCells.Of(batch (world 5L 90 true), items)
    let expected = (dense cells).Svd()
    let rank = 6

    let struct (vectors, values) = SingularVectors.Of(ExposureMatrix(cells, 0.0, true), rank, 3L, ParallelOptions())

    for k in 0 .. rank - 1 do
        Expect.floatClose { absolute = 1e-8; relative = 1e-2 } values[k] expected.S[k] $"singular value {k}"
        let own = vectors.Column k
        Expect.floatClose Accuracy.high (own.L2Norm()) 1.0 "unit length"
        // The first one stands apart from the rest; the others may turn among near equals.
        if k = 0 then
            Expect.floatClose { absolute = 1e-8; relative = 1e-3 } (abs (own * expected.VT.Row k)) 1.0 $"direction {k}"

let private doesNotLookAtRatings () =
    let users = world 5L 60 true
    let flip = List.map (fun (item, rating) -> item, 6f - rating)
    let flipped = users |> List.map (fun u -> { u with Support = flip u.Support; Query = flip u.Query })

    let vectors tasks =
        (ExposureEmbedding.ForUsers(FactorCells.Of(batch tasks, items), 5, 1L, ParallelOptions())).ToRowMajorArray()

    Expect.equal (vectors flipped) (vectors users) "only who rated what counts"

let private helpsWhereChoiceTells () =
    let train, test = world 1L 400 true, answers 2L 200 true
    let plain = error (spec PriorKind.Plain PriorKind.Plain) train test
    let informed = error (spec PriorKind.Exposure PriorKind.Plain) train test
    Expect.isLessThan informed (0.9 * plain) $"mean squared error {informed} instead of {plain}"

let private itemsAreDrawnTogether () =
    // Few users: an item has a handful of ratings, and who gave them says which half it belongs to.
    let train, test = world 1L 120 true, answers 2L 200 true
    let plain = error (spec PriorKind.Plain PriorKind.Plain) train test
    let informed = error (spec PriorKind.Plain PriorKind.Exposure) train test
    Expect.isLessThan informed plain $"mean squared error {informed} instead of {plain}"

let private autoTakesWhatHelps () =
    let _, parameters = fit (spec PriorKind.Auto PriorKind.Plain) (world 1L 600 true) 1
    Expect.isTrue (parameters["exposure.map"].Values |> Seq.exists (fun x -> x <> 0f)) "informed"

let private autoDoesNotLose () =
    let train, test = world 1L 300 false, answers 2L 200 false
    let plain = error (spec PriorKind.Plain PriorKind.Plain) train test
    let auto = error (spec PriorKind.Auto PriorKind.Auto) train test
    Expect.isLessThan auto (1.02 * plain) $"mean squared error {auto} instead of {plain}"

let private ignoresThreads () =
    let start threads =
        let _, parameters = fit (spec PriorKind.Exposure PriorKind.Exposure) (world 1L 150 true) threads
        [ for parameter in parameters.All -> parameter.Name, parameter.Values ]

    Expect.equal (start 3) (start 1) "the same bits"

/// One user at a time, dense: prior mean from the choice, full prior precision, posterior mean.
let private foldsInByHand () =
    let factors, rank = 2, 3
    let order = factors + 1

    let case =
        caseOf
            17L
            (MetaPmfSpec(Factors = factors, UserPrior = PriorKind.Exposure, ExposureRank = rank)
                .Create(identity, 0.5, LabelKind.Rating))

    let random = Seeds.Generator(9L, "correlation")

    // Small symmetric correlations, so that the precision stays positive definite.
    for i in 0 .. order - 1 do
        for j in 0 .. i - 1 do
            let value = 0.3 * (random.NextDouble() - 0.5)
            case.Values["exposure.correlation"][i * order + j] <- value
            case.Values["exposure.correlation"][j * order + i] <- value

        case.Values["exposure.correlation"][i * order + i] <- 0.0

    let tasks =
        [
            for user in world 7L 3 true do
                { user with Query = [ for item in 0 .. items - 1 -> item, 0f ] }
        ]

    let actual = scores case (batch tasks)
    let dense = DenseFactors(case, factors, rank)

    tasks
    |> List.iteri (fun u task ->
        let h = dense.Posterior (dense.Informed(List.map fst task.Support)) dense.Precision task.Support
        near $"user {u}" 1e-9 [| for item in 0 .. items - 1 -> dense.Score h item |] actual[u])

let private drawn = InputSchema(identity.ItemFields, ImmutableArray.Empty, 3, HasDrawnNegatives = true)

/// Clicks: what the users of `world` chose, and as many negatives from the items of one residue.
let private clicks seed count residue =
    world seed count true
    |> List.map (fun user ->
        let met = Set [ for item, _ in user.Support @ user.Query -> item ]

        let others =
            [
                for item in 0 .. items - 1 do
                    if item % 3 = residue && not (met.Contains item) then
                        item, 0f
            ]

        let positives = List.map (fun (item, _) -> item, 1f)

        { user with
            Support = positives user.Support @ List.take 4 others
            Query = positives user.Query @ (others |> List.skip 4 |> List.take 12)
        })

let private exposureOf (schema: InputSchema) residue =
    let spec = spec PriorKind.Exposure PriorKind.Plain
    let model = spec.Create(schema, 0.1, LabelKind.Click)
    let parameters = model.CreateParameters(1L)
    model.Start(parameters, batch (clicks 1L 60 residue), 1L, 1)
    parameters["exposure.id"].Values

let private drawnAreNoExposure () =
    Expect.notEqual (exposureOf identity 1) (exposureOf identity 0) "ratings: every interaction is one"
    Expect.equal (exposureOf drawn 1) (exposureOf drawn 0) "positives alone"

let private itemsOfPositives () =
    let vectors tasks select =
        ExposureEmbedding.ForItems(select (FactorCells.Of(batch tasks, items)), 5, 1L, ParallelOptions())

    let all = clicks 1L 60 0
    let isPositive = List.filter (fun (_, y: float32) -> y > 0f)
    let alone = all |> List.map (fun u -> { u with Support = isPositive u.Support; Query = isPositive u.Query })
    Expect.equal (vectors all _.Positives()) (vectors alone id) "as though there were no negatives"

/// The prior's mean from the choice, on the tensors of the fold-in: that of the positives, and without any that of size one.
let private foldsInPositives () =
    let identityField = identity.ItemFields[0] :?> TokenField
    let rank, order = 3, 2
    use _ = TorchSharp.torch.NewDisposeScope()
    let random = Seeds.Generator(4L, "term")

    let theta =
        dict
            [
                for name, rows, columns in
                    [ "exposure.id", items + 1, rank; "exposure.map", rank + 1, order; "exposure.constant", 1, order ] do
                    let values = Array.init (rows * columns) (fun _ -> random.NextGaussian())
                    let shape = if rows = 1 then [| int64 columns |] else [| int64 rows; int64 columns |]
                    name, TorchSharp.torch.tensor(values).reshape(shape)
            ]
        |> System.Collections.Generic.Dictionary

    let mean isDrawn tasks =
        use tensors = TaskTensors.Of(batch tasks, TorchSharp.torch.ScalarType.Float64)
        let weights = tensors.SupportWeights * tensors.Support.Mask
        let term = ExposureTerm(identityField, rank, order, isDrawn)
        values (term.Mean(theta, tensors.Items, tensors.Support, weights))

    let user support = { User = 0; Support = support; Query = [ 0, 0f ] }
    let positives = [ 7, 1f; 90, 1f ]
    let expected = mean false [ user positives ]
    near "with ratings" 1e-12 expected (mean true [ user positives ])
    near "without the negatives" 1e-12 expected (mean true [ user [ 3, 0f; 7, 1f; 11, 0f; 90, 1f ] ])
    let row k = values theta["exposure.map"] |> fun map -> map[rank * order + k]
    let nothing = Array.init order (fun k -> (values theta["exposure.constant"])[k] - log 15.0 * row k)
    near "negatives alone" 1e-12 nothing (mean true [ user [ 3, 0f; 11, 0f ] ])

/// A map that is learned further fits the noise of the users that it was computed from.
let private staysAtTheStart () =
    let model = (spec PriorKind.Safe PriorKind.Exposure).Create(identity, 0.1, LabelKind.Rating)

    let exposures =
        [
            for shape in model.Shapes do
                if shape.Name.StartsWith "exposure." then
                    shape
        ]

    Expect.isGreaterThan exposures.Length 4 "parameters"

    for shape in exposures do
        Expect.isTrue shape.IsState shape.Name

let private refusesIdleControl () =
    let plain = MetaPmfSpec(ExposureControl = ExposureControl.Size)

    Expect.throwsC (fun () -> plain.Create(identity, 0.1, LabelKind.Rating) |> ignore) (fun error ->
        Expect.stringContains error.Message "exposureControl has no effect with plain priors" "message")

let private refuses () =
    let message (spec: MetaPmfSpec) schema =
        try
            spec.Create(schema, 0.1, LabelKind.Rating) |> ignore
            ""
        with :? SettingException as error ->
            error.Message

    let noStart = MetaPmfSpec(UserPrior = PriorKind.Exposure, StartRounds = 0)
    Expect.stringContains (message noStart identity) "set startRounds to 1 or more" "without a start"
    let nameless = InputSchema(ImmutableArray.Empty, ImmutableArray.Empty, 3)
    let informed = MetaPmfSpec(ItemPrior = PriorKind.Auto)
    Expect.stringContains (message informed nameless) "set itemId to true" "without identities"

[<Tests>]
let tests =
    testList
        "exposure-informed priors"
        [
            testCase "the exposure matrix's singular vectors are those of a dense decomposition" findsSingularVectors
            testCase "exposure vectors do not look at the ratings" doesNotLookAtRatings
            testCase "the fold-in with an exposure prior is the dense posterior mean" foldsInByHand
            testCase "the users' prior lowers the error where the choice of items tells" helpsWhereChoiceTells
            testCase "the items' prior lowers the error of rarely rated items" itemsAreDrawnTogether
            testCase "auto informs the users' prior where held-out users gain" autoTakesWhatHelps
            testCase "auto loses nothing where the choice of items tells nothing" autoDoesNotLose
            testCase "informed priors are the same bits with any number of threads" ignoresThreads
            testCase "exposure vectors of data without ratings look at positives alone" drawnAreNoExposure
            testCase "items' exposure is that of their positives where negatives are drawn" itemsOfPositives
            testCase
                "the fold-in sums the exposure vectors of positives alone where negatives are drawn"
                foldsInPositives
            testCase "training leaves what the start says of exposure as it is" staysAtTheStart
            testCase "a control needs an informed prior" refusesIdleControl
            testCase "informed priors need a start and item identities" refuses
        ]
