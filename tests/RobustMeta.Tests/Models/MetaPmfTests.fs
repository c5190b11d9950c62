/// The fold-in of MetaPMF against a dense solution, and its Bayesian start on data of known structure.
module RobustMeta.Tests.Models.MetaPmfTests

open System
open System.Collections.Immutable
open Expecto
open MathNet.Numerics.LinearAlgebra
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Models.Factors
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.TinyWorld

let private factors = 2
let private width = factors + 2
let private genres = [| [ 1 ]; [ 1; 2 ]; []; [ 3; 3 ]; [ 2 ]; [ 1; 2; 3 ]; [ 3 ] |]
let private years = [| -1.0f; 0.5f; 0.0f; 1.5f; -0.3f; 0.7f; 0.1f |] |> Array.map float
let private ages = [| 1; 2; 1; 2; 0 |]
let private vector (values: float seq) = Vector<float>.Build.DenseOfEnumerable values

/// A model's quantities for the tiny world, read from its parameters by hand.
type private Hand(case: Case) =
    let row name columns i = vector (Array.sub case.Values[name] (i * columns) columns)
    let tail (v: Vector<float>) = v.SubVector(1, width - 1)

    member _.W i =
        let bag = genres[i]

        let content =
            bag
            |> List.fold
                (fun sum g -> sum + row "item.genre" width g / float bag.Length)
                (vector (Array.zeroCreate width))

        row "item.id" width (i + 1) + content + years[i] * row "item.numbers" width 0

    member this.Q i = tail (this.W i) + vector [ 1.0; 0.0; 0.0 ]
    member _.Spread i = (tail (row "spread.id" width (i + 1) + vector (case.Values["logSpread"]))).PointwiseExp()
    member _.Center = case.Values["center"][0]
    member _.Noise = exp case.Values["logNoise"].[0]
    member _.Penalty = (vector (case.Values["logPrecision"])).PointwiseExp()

    member this.Prior(task: Task) =
        let choice = Matrix<float>.Build.Dense(width - 1, width, fun k l -> case.Values["choice"].[l * (width - 1) + k])
        let mean = task.Support |> List.map (fst >> this.W) |> List.reduce (+)
        row "user.age" (width - 1) ages[task.User] + choice * (mean / float task.Support.Length)

    member this.Score (h: Vector<float>) i = this.Center + (this.W i)[0] + this.Q i * h

let private lengths = [ 4, 7; 1, 7; 6, 7 ]

let private modelFor label = caseOf 17L (MetaPmfSpec(Factors = factors, FoldInSteps = 50).Create(schema, 0.5, label))

/// Every query shows all items, so that scores tell the user's vector.
let private tasksFor label =
    tasks label 23L lengths |> List.map (fun t -> { t with Query = [ for i in 0..6 -> i, 0.0f ] })

let private ratings () =
    let case = modelFor LabelKind.Rating
    let hand = Hand case
    let tasks = tasksFor LabelKind.Rating
    let actual = scores case (batch tasks)

    tasks
    |> List.iteri (fun u task ->
        let prior = hand.Prior task
        let mutable system = Matrix<float>.Build.DenseOfDiagonalVector hand.Penalty
        let mutable right = hand.Penalty.PointwiseMultiply prior

        for item, y in task.Support do
            let q = hand.Q item

            system <-
                system + (q.OuterProduct q + Matrix<float>.Build.DenseOfDiagonalVector(hand.Spread item)) / hand.Noise

            right <- right + q * ((float y - hand.Center - (hand.W item)[0]) / hand.Noise)

        let h = system.Solve right
        near $"user {u}" 1e-9 [| for i in 0..6 -> hand.Score h i |] actual[u])

let private clicks () =
    let case = modelFor LabelKind.Click
    let hand = Hand case
    let tasks = tasksFor LabelKind.Click
    let actual = scores case (batch tasks)

    tasks
    |> List.iteri (fun u task ->
        // The user's vector from the scores of all items, then the gradient of the logistic objective there.
        let q = Matrix<float>.Build.DenseOfRowVectors [ for i in 0..6 -> hand.Q i ]
        let h = q.Solve(vector [ for i in 0..6 -> actual[u][i] - hand.Center - (hand.W i)[0] ])
        let mutable slope = hand.Penalty.PointwiseMultiply(h - hand.Prior task)

        for item, y in task.Support do
            let s = hand.Score h item
            let p = 1.0 / (1.0 + exp -s)
            let curvature = tanh (s / 2.0) / (2.0 * s)
            slope <- slope - hand.Q item * ((float y - p) / hand.Noise)
            slope <- slope + (hand.Spread item).PointwiseMultiply h * (curvature / hand.Noise)

        Expect.isLessThan (slope.InfinityNorm()) 1e-6 $"gradient of user {u}")

let private items = 40

/// Users of a world of rank two: item mean, level, two tastes, noise of 0.3.
let private world seed count rated =
    let truth = Seeds.Generator(1L, "truth")
    let means = Array.init items (fun _ -> 3.0 + 0.7 * truth.NextGaussian())
    let tastes = Array.init items (fun _ -> Array.init 2 (fun _ -> truth.NextGaussian()))
    let random = Seeds.Generator(seed, "users")

    List.init count (fun u ->
        let level = 0.5 * random.NextGaussian()
        let p = Array.init 2 (fun _ -> random.NextGaussian())

        let rate i =
            i,
            float32 (
                means[i] + level + Array.fold2 (fun s a b -> s + a * b) 0.0 tastes[i] p + 0.3 * random.NextGaussian()
            )

        let chosen = random.Permutation rated |> Seq.take 24 |> Seq.map rate |> List.ofSeq
        { User = 0; Support = List.take 12 chosen; Query = List.skip 12 chosen })

let private iota n = ImmutableArray.CreateRange [ 0..n ]
let private id = TokenField("id", items + 1, iota items, ImmutableArray.CreateRange [ 1..items ])
let private identity = InputSchema(ImmutableArray.Create<InputField> id, ImmutableArray.Empty, 3)

let private startsAtTheAnswer () =
    let error rounds =
        let spec = MetaPmfSpec(Factors = 2, StartRounds = rounds)
        let model = spec.Create(identity, 0.1, LabelKind.Rating)
        let parameters = model.CreateParameters(1L)
        model.Start(parameters, batch (world 2L 200 items), 1L)
        use engine = new AutogradEngine(model, parameters)
        let fresh = world 3L 100 items |> batch

        Seq.map2 (fun (y: float32) (s: float32) -> float (y - s) ** 2.0) fresh.QueryLabels (engine.Predict fresh)
        |> Seq.average

    let solved, random = error 30, error 0
    // Noise alone is 0.09; the posterior of three numbers from twelve ratings adds about 0.09 * 3 / 12.
    Expect.isLessThan solved 0.15 "near the noise"
    Expect.isGreaterThan random 1.0 "without a start it knows nothing"

let private startIgnoresThreads () =
    for label in [ LabelKind.Rating; LabelKind.Click ] do
        let start threads =
            let users =
                world 2L 50 items
                |> List.map (fun user ->
                    if label = LabelKind.Rating then
                        user
                    else
                        let click = List.map (fun (item, rating) -> item, (if rating > 3f then 1f else 0f))
                        { user with Support = click user.Support; Query = click user.Query })

            let model = MetaPmfSpec(Factors = 3).Create(identity, 0.1, label)
            let parameters = model.CreateParameters(1L)
            model.Start(parameters, batch users, 1L, threads)
            [ for parameter in parameters.All -> parameter.Name, parameter.Values ]

        Expect.equal (start 3) (start 1) $"{label}"

let private packsSymmetricMatrices () =
    let random = Random 5

    for order in 1..7 do
        let draw () =
            let half = Array2D.init order order (fun _ _ -> random.NextDouble() - 0.5)
            Array2D.init order order (fun i j -> half[max i j, min i j])

        let pack (a: float[,]) =
            let packed = Array.create (PackedSymmetric.Size order) nan

            for i in 0 .. order - 1 do
                for j in 0..i do
                    packed[PackedSymmetric.Place(order, i, j)] <- a[i, j]

            packed

        let a, b = draw (), draw ()

        let expected =
            Seq.sum (
                seq {
                    for i in 0 .. order - 1 do
                        for j in 0 .. order - 1 -> a[i, j] * b[i, j]
                }
            )

        let dot = PackedSymmetric.Dot(order, pack a, pack b)
        Expect.floatClose Accuracy.high dot expected $"sum of products, order {order}"

        if order > 1 then
            let rest = pack (Array2D.init order order (fun i j -> if i = 0 || j = 0 then 0.0 else a[i, j]))
            let inner = Array2D.init (order - 1) (order - 1) (fun i j -> a[i + 1, j + 1])
            let place = PackedSymmetric.Place(order - 1, order - 2, order - 2)
            Expect.equal rest[order - 1] inner[order - 2, order - 2] $"the last of the diagonal, at {place}"
            let tail = Array.append rest[1 .. order - 1] rest[2 * order - 1 ..]

            for i in 0 .. order - 2 do
                for j in 0..i do
                    let found = tail[PackedSymmetric.Place(order - 1, i, j)]
                    Expect.equal found inner[i, j] $"({i}, {j}) without the first row and column"

let private findsTheNoise () =
    let design = ContentDesign.Of([], items)

    let fitted =
        BayesianFactors.Fit(LabelKind.Rating, batch (world 2L 200 items), design, items, FactorPrior(2, 30, 0.0, 1L))

    Expect.isLessThan (abs (sqrt fitted.Noise - 0.3)) 0.04 "standard deviation of the noise"
    Expect.isLessThan (abs (sqrt fitted.LevelVariance - 0.5)) 0.12 "standard deviation of the levels"

let private newItems () =
    // Ratings 3 + x of the item's number x; the last ten items are not rated.
    let numbers = Array.init items (fun i -> sin (float (3 * i)))
    let random = Seeds.Generator(4L, "numbers")

    let users =
        List.init 60 (fun _ ->
            let rated = random.Permutation(items - 10) |> Seq.take 12 |> List.ofSeq
            let rate i = i, float32 (3.0 + numbers[i] + 0.1 * random.NextGaussian())

            {
                User = 0
                Support = rated |> List.take 6 |> List.map rate
                Query = rated |> List.skip 6 |> List.map rate
            })

    let field = NumericField("x", ImmutableArray.CreateRange(numbers |> Seq.map float32))
    let design = ContentDesign.Of([ field ], items)
    let fitted = BayesianFactors.Fit(LabelKind.Rating, batch users, design, items, FactorPrior(2, 30, 0.0, 1L))

    for i in items - 10 .. items - 1 do
        let mean = fitted.Center + fitted.Item(i)[0]
        // The coefficient is shrunk, so a good part of the way is all that can be asked.
        Expect.isLessThan (abs (mean - 3.0 - numbers[i])) (0.6 * abs numbers[i] + 0.1) $"item {i}: {mean}"

[<Tests>]
let tests =
    testList
        "MetaPMF"
        [
            testCase "ratings: the fold-in is the posterior mean" ratings
            testCase "clicks: the fold-in ends where the logistic objective is stationary" clicks
            testCase "training starts at the Bayesian solution" startsAtTheAnswer
            testCase "it starts from a fit unless there are no rounds of it"
            <| fun () ->
                let created rounds = MetaPmfSpec(StartRounds = rounds).Create(schema, 0.1, LabelKind.Rating)
                Expect.isTrue (created 30).StartsFitted "rounds"
                Expect.isFalse (created 0).StartsFitted "none"
                Expect.isFalse (MeLUSpec().Create(schema, 0.1, LabelKind.Rating)).StartsFitted "other models"

            testCase "the start is the same whatever the number of threads" startIgnoresThreads
            testCase
                "packed symmetric matrices: places, sums of products, the part without the first row"
                packsSymmetricMatrices
            testCase "the start finds noise and levels" findsTheNoise
            testCase "the start predicts items without ratings from their features" newItems
        ]
