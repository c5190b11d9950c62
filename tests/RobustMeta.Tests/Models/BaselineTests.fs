/// What every baseline must satisfy, those of the registry and any other; and the closed forms against brute force.
module RobustMeta.Tests.Models.BaselineTests

open System
open System.Collections.Immutable
open System.Threading.Tasks
open Expecto
open MathNet.Numerics.LinearAlgebra
open RobustMeta.Data
open RobustMeta.Models.Baselines
open RobustMeta.Bias
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks

/// Twelve users and ten items, the last two of which no training user rated; users 9 to 11 are new.
let private world label =
    let random = Seeds.Generator(3L, "baseline world")
    let users, items = 12, 10
    let names prefix n = Vocabulary.Of(Seq.init n (fun i -> $"{prefix}{i}"))

    let cells =
        [
            for u in 0 .. users - 1 do
                for i in random.Permutation(if u < 9 then items - 2 else items) |> Seq.take 6 do
                    u, i, float32 (1 + random.Next 5)
        ]

    let column select = ImmutableArray.CreateRange(cells |> List.map select)

    let ratings =
        Ratings(
            "tiny",
            names "u" users,
            names "i" items,
            column (fun (u, _, _) -> u),
            column (fun (_, i, _) -> i),
            column (fun (_, _, y) -> y),
            ImmutableArray.Empty,
            FeatureTable.Empty users,
            FeatureTable.Empty items,
            ReadReport(cells.Length)
        )

    let task user =
        let rows = ratings.RowsOf(user).ToArray()
        UserTask(user, ImmutableArray.CreateRange(Seq.take 3 rows), ImmutableArray.CreateRange(Seq.skip 3 rows))

    let tasks first last = ImmutableArray.CreateRange(Seq.map task [ first..last ])
    TaskSource(ratings, label, 4.0), tasks 0 8, tasks 9 11

let private all (source: TaskSource) (tasks: ImmutableArray<UserTask>) =
    source.Batch(tasks, ReadOnlySpan [| 0 .. tasks.Length - 1 |])

let private labels = [ LabelKind.Click; LabelKind.Rating ]

let private contract (spec: BaselineSpec) label =
    let source, train, fresh = world label
    let baseline = spec.Fit(source, train, 5L)
    let batch = all source fresh
    let scores = baseline.Predict batch
    Expect.equal baseline.Name spec.Name "name"
    Expect.equal scores.Length batch.QueryItems.Length "one score an interaction"
    Expect.all scores Single.IsFinite "new items included"
    Expect.equal (baseline.Predict batch) scores "predicting changes nothing"
    Expect.equal (spec.Fit(source, train, 5L).Predict batch) scores "same seed, same scores"

    let alone =
        [| for t in 0 .. fresh.Length - 1 -> baseline.Predict(source.Batch(fresh, ReadOnlySpan [| t |])) |]
        |> Array.concat

    Expect.equal alone scores "a task scores alone as in a batch"
    let flipped = ImmutableArray.CreateRange(batch.QueryLabels |> Seq.map (fun y -> 1.0f - y))

    let blind =
        TaskBatch(
            batch.Users,
            batch.Positions,
            batch.SupportStarts,
            batch.SupportItems,
            batch.SupportLabels,
            batch.QueryStarts,
            batch.QueryItems,
            flipped
        )

    Expect.equal (baseline.Predict blind) scores "query labels are not seen"
    Expect.isNonEmpty spec.NewItems "says what it does with new items"
    SettingList.Of spec |> ignore

/// The contract of baselines of one's own, too.
let suite (specs: BaselineSpec list) =
    [
        for spec in specs do
            for label in labels do
                testCase $"{spec.Name}, {label}" (fun () -> contract spec label)
    ]

let private profiles label kind =
    let source, train, fresh = world label
    let signal = Signal(kind, source, BiasModel(source, train))
    source, signal, signal.Train train, all source fresh

let private dense (profiles: Profile seq) items =
    let rows = Seq.toList profiles

    Matrix<float>
        .Build.Dense(
            rows.Length,
            items,
            fun u i -> Seq.zip rows[u].Items rows[u].Values |> Seq.filter (fst >> (=) i) |> Seq.sumBy snd
        )

let private close what (expected: float seq) (actual: float seq) =
    Expect.equal (Seq.length actual) (Seq.length expected) $"{what}: length"
    Seq.iter2 (fun e a -> Expect.isLessThan (abs (e - a)) 1e-5 $"{what}: {e} against {a}") expected actual

/// Users with some ratings each, an item twice now and then.
let private sparse users items =
    [|
        for user in 1..users ->
            let random = Seeds.Generator(3L, "sparse profiles", string user)
            let count = 2 + random.Next 6
            let own = [| for _ in 1..count -> random.Next items |]

            Profile(
                ImmutableArray.CreateRange own,
                ImmutableArray.CreateRange(Array.map (fun _ -> random.NextGaussian()) own)
            )
    |]

[<Tests>]
let tests =
    testList
        "Baselines"
        [
            testList "contract" (suite (List.ofSeq BaselineSpec.Registry.All.Values))

            for kind in [ SignalKind.Residuals; SignalKind.Positives ] do
                for form, fit in
                    [
                        "items by items", (fun rows -> Ease(ItemGram(rows, 10), 0.7) :> IProfileModel)
                        "users by users", (fun rows -> DualEase(rows, ItemColumns(rows, 10), 0.7))
                    ] do
                    testCase $"EASE on {kind}, {form}, is the ridge regression of each item on the others"
                    <| fun () ->
                        let _, _, rows, _ = profiles LabelKind.Rating kind
                        let x = dense rows 10
                        let model = fit rows
                        let items = [| 0..9 |]

                        for row in rows do
                            let own = (dense [ row ] 10).Row 0

                            let expected =
                                items
                                |> Array.map (fun target ->
                                    if x.Column(target).L2Norm() = 0.0 then
                                        0.0
                                    else
                                        let others = items |> Array.filter ((<>) target)
                                        let z = Matrix<float>.Build.DenseOfColumnVectors(others |> Array.map x.Column)
                                        let ridge = Matrix<float>.Build.DenseDiagonal(9, 0.7)

                                        let b =
                                            (z.TransposeThisAndMultiply z + ridge)
                                                .Solve(z.TransposeThisAndMultiply(x.Column target))

                                        Seq.zip others b |> Seq.sumBy (fun (i, b) -> own[i] * b))

                            close "outputs" expected (model.Score(row, ReadOnlySpan items))

                testCase $"ALS on {kind}: the folded-in factor minimises the user's own objective"
                <| fun () ->
                    let source, _, rows, _ = profiles LabelKind.Rating kind
                    let spec = AlsSpec(Signal = kind, Factors = 3, Regularization = 0.5, Confidence = 4.0, Rounds = 10)
                    let model = Als.Fit(spec, rows, source.Ratings.Items.Count, 1L)
                    let x = dense rows 10
                    let scores = rows |> Seq.map (fun row -> model.Score(row, ReadOnlySpan [| 0..9 |])) |> array2D
                    // Each cell the objective counts, and by how much.
                    let weight u i =
                        let seen = rows[u].Items.Contains i

                        if kind = SignalKind.Positives then (if seen then 5.0 else 1.0)
                        else if seen then 1.0
                        else 0.0

                    let error =
                        Seq.sum (
                            seq {
                                for u in 0 .. rows.Count - 1 do
                                    for i in 0..9 -> weight u i * (x[u, i] - scores[u, i]) ** 2.0
                            }
                        )

                    let zero =
                        Seq.sum (
                            seq {
                                for u in 0 .. rows.Count - 1 do
                                    for i in 0..9 -> weight u i * x[u, i] ** 2.0
                            }
                        )

                    Expect.isLessThan error (0.7 * zero) "three factors explain a good part"
                    // The outputs are V p: least squares in p with the penalty has the gradient VᵀC(Vp − x) + λp = 0, so
                    // Σ c (Vp − x) Vp = −λ|p|² is not positive.
                    for u in 0 .. rows.Count - 1 do
                        let slope =
                            Seq.sum (seq { for i in 0..9 -> weight u i * (scores[u, i] - x[u, i]) * scores[u, i] })

                        Expect.isLessThanOrEqual slope 1e-9 "stationary"

            testCase "ItemKNN: one neighbour gives that neighbour's residual, shrunk"
            <| fun () ->
                let row items values = Profile(ImmutableArray.CreateRange items, ImmutableArray.CreateRange values)
                let rows = [| row [ 0; 1 ] [ 1.0; 2.0 ]; row [ 0; 1 ] [ 2.0; 1.0 ] |]
                let model = ItemKnn(ItemGram(rows, 3), 1, 100.0, SignalKind.Residuals)
                // Cosine with shrinkage: 4 / (5 + 100).
                let s = 4.0 / 105.0
                let outputs = model.Score(row [ 0 ] [ 0.5 ], ReadOnlySpan [| 1; 2 |])
                close "outputs" [ s * 0.5 / (s + 1.0); 0.0 ] outputs

            testCase "EASE is fitted by the smaller of its forms"
            <| fun () ->
                let few = sparse 5 40
                Expect.equal (Ease.Fit(few, 40, 1.0).GetType()) typeof<DualEase> "more items than users"
                let many = sparse 60 10
                Expect.equal (Ease.Fit(many, 10, 1.0).GetType()) typeof<Ease> "more users than items"

            testCase "products of columns are those of the matrix of items by items, of items rated twice too"
            <| fun () ->
                let rows = sparse 30 25
                let gram, columns = ItemGram(rows, 26), ItemColumns(rows, 26)
                let x = dense rows 26

                for a in 0..25 do
                    Expect.equal (columns.Knows a) (gram.Knows a) "who is known"
                    Expect.equal (gram.Knows a) (rows |> Array.exists _.Items.Contains(a)) "whom someone rated"

                    for b in 0..25 do
                        let expected = x.Column(a).DotProduct(x.Column b)
                        Expect.floatClose Accuracy.high (gram.Product(a, b)) expected "matrix"
                        Expect.floatClose Accuracy.high (columns.Product(a, b)) expected "columns"

            testCase "ItemKNN scores alike from columns and from the matrix"
            <| fun () ->
                let rows = sparse 30 25
                let ofGram = ItemKnn(ItemGram(rows, 26), 3, 10.0, SignalKind.Positives)
                let ofColumns = ItemKnn(ItemColumns(rows, 26), 3, 10.0, SignalKind.Positives)

                for row in rows do
                    let items = [| 0..25 |]
                    close "outputs" (ofGram.Score(row, ReadOnlySpan items)) (ofColumns.Score(row, ReadOnlySpan items))

            testCase "iALS, EASE and products are the same bytes on one thread and on three"
            <| fun () ->
                let rows = sparse 80 50

                let outputs threads =
                    Environment.SetEnvironmentVariable(ThreadLimit.Variable, threads)

                    [
                        for model in
                            [
                                Als.Fit(AlsSpec(Factors = 5), rows, 50, 1L) :> IProfileModel
                                Ease(ItemGram(rows, 50), 2.0)
                                DualEase(rows, ItemColumns(rows, 50), 2.0)
                            ] do
                            for row in rows -> model.Score(row, ReadOnlySpan [| 0..49 |])
                    ]

                let before = Environment.GetEnvironmentVariable ThreadLimit.Variable

                try
                    Expect.equal (outputs "3") (outputs "1") "scores"
                finally
                    Environment.SetEnvironmentVariable(ThreadLimit.Variable, before)

            testCase "inverses in tiles are those of a dense matrix, and the same bytes on one thread and on three"
            <| fun () ->
                let random = Seeds.Generator(7L, "tiles")

                for order in [ 1; 7; 128; 129; 300 ] do
                    let roots = Matrix<float>.Build.Dense(order + 5, order, fun _ _ -> random.NextGaussian())
                    let a = roots.TransposeThisAndMultiply roots

                    let inverse bits threads =
                        let matrix = SymmetricTiles order

                        for row in 0 .. order - 1 do
                            matrix.SetRow(row, ReadOnlySpan [| for column in 0..row -> a[row, column] |])

                        let kernels = TileKernels.Of bits
                        matrix.Copy().Invert(0.5, kernels, ParallelOptions())
                        matrix.Invert(0.5, kernels, ParallelOptions(MaxDegreeOfParallelism = threads))

                        [|
                            for row in 0 .. order - 1 do
                                let all = Array.zeroCreate order
                                matrix.CopyRow(row, Span all)
                                Expect.equal all[order - 1] matrix[row, order - 1] "an element"
                                yield all
                        |]

                    let expected = (a + Matrix<float>.Build.DenseDiagonal(order, 0.5)).Inverse()

                    for bits in [ 0; 128; 256; 512 ] do
                        let found = inverse bits 1
                        Expect.equal (inverse bits 3) found $"order {order}, {bits} bits, threads"

                        for row in 0 .. order - 1 do
                            close $"order {order}, {bits} bits, row {row}" (expected.Row(row).ToArray()) found[row]

                let refused = SymmetricTiles 2
                refused.SetRow(1, ReadOnlySpan [| 3.0; 0.0 |])

                Expect.throwsC (fun () -> refused.Invert(1.0, TileKernels.Best, ParallelOptions())) (fun error ->
                    Expect.stringContains error.Message "larger regularization" "not positive definite")

            testCase "a copy of a matrix has all of its numbers, and is another"
            <| fun () ->
                let matrix = SymmetricTiles 300

                for row in 0..299 do
                    matrix.SetRow(row, ReadOnlySpan [| for column in 0..row -> float (1000 * row + column) |])

                let copy = matrix.Copy()

                for row in 0..299 do
                    let both =
                        [
                            for m in [ matrix; copy ] ->
                                let r = Array.zeroCreate 300 in
                                m.CopyRow(row, Span r)
                                r
                        ]

                    Expect.equal both[1] both[0] $"row {row}"

                copy.SetRow(0, ReadOnlySpan [| -1.0 |])
                Expect.equal (matrix[0, 0], copy[0, 0]) (0.0, -1.0) "each its own memory"

            // Above 23,170 rows a matrix has more bytes than an int counts, and above 32,768 as many as come out positive when that
            // overflows. Zeros that nobody writes cost no memory, copies do: 2.2 gigabytes.
            testSequenced (
                testCase "a copy of a large matrix has all of its numbers"
                <| fun () ->
                    if GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < 12_000_000_000L then
                        skiptest "12 gigabytes of memory are needed"

                    let order = 23_200
                    let matrix = SymmetricTiles order
                    matrix.SetRow(order - 1, ReadOnlySpan(Array.init order float))
                    let copy = matrix.Copy()
                    Expect.equal copy[order - 1, order - 1] (float (order - 1)) "the last number"
                    Expect.equal copy[order - 1, 7] 7.0 "another of the last row"
            )

            testCase "BPR ranks what its training users like first"
            <| fun () ->
                let source, train, _ = world LabelKind.Click
                let model = BprSpec(Rounds = 200).Fit(source, train, 1L)
                let batch = all source train
                let scores = model.Predict batch

                let pairs =
                    [
                        for b in 0 .. batch.Count - 1 do
                            for i in batch.QueryStarts[b] .. batch.QueryStarts[b + 1] - 1 do
                                for j in batch.QueryStarts[b] .. batch.QueryStarts[b + 1] - 1 do
                                    if batch.QueryLabels[i] > batch.QueryLabels[j] then
                                        if scores[i] > scores[j] then 1.0 else 0.0
                    ]

                Expect.isGreaterThan (List.average pairs) 0.6 "fraction of pairs in order"

            testCase "the bias model leaves out a training user's own ratings"
            <| fun () ->
                let source, train, _ = world LabelKind.Rating
                let bias = BiasModel(source, train)
                let batch = all source train
                let struct (support, _) = bias.Scores batch
                let rows = Seq.collect (fun (t: UserTask) -> Seq.append t.Support t.Query) train |> List.ofSeq
                let mean = rows |> List.averageBy (fun r -> float source.Ratings.Values[r])

                let item i u =
                    let own =
                        rows
                        |> List.filter (fun r -> source.Ratings.ItemIndex[r] = i && source.Ratings.UserIndex[r] <> u)

                    (List.sumBy (fun r -> float source.Ratings.Values[r]) own + 5.0 * mean) / (float own.Length + 5.0)

                for b in 0 .. batch.Count - 1 do
                    let range = [ batch.SupportStarts[b] .. batch.SupportStarts[b + 1] - 1 ]
                    let scores = range |> List.map (fun j -> item batch.SupportItems[j] batch.Users[b])
                    let labels = range |> List.map (fun j -> float batch.SupportLabels[j])
                    let offset = List.sum (List.map2 (-) labels scores) / (float range.Length + 3.0)
                    close "support" (scores |> List.map ((+) offset)) (range |> List.map (fun j -> float support[j]))
        ]
