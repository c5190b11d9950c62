/// The kernels of the fused engine against plain loops, over all small sizes, so that every tile is used.
module RobustMeta.Tests.Engine.ArithmeticTests

#nowarn "9"

open System
open Expecto
open Microsoft.FSharp.NativeInterop
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Runtime.Vectors
open RobustMeta.Runtime
open RobustMeta.Tests.NativeNumbers

let private random = Seeds.Generator(3L, "arithmetic")
let private draw count = Array.init count (fun _ -> random.NextDouble() - 0.5)

let private close what (expected: float[]) (actual: float[]) =
    Array.iter2 (fun e a -> Expect.floatClose Accuracy.high a e what) expected actual

let private gemm (arithmetic: Arithmetic<float>) m n k transposed accumulate =
    use arena = new Arena<float>()
    let n = arithmetic.Padded n
    let a, b, c = draw (m * k), draw (k * n), draw (m * n)
    let rowStride, columnStride = if transposed then 1, m else k, 1

    let expected =
        Array.init (m * n) (fun at ->
            let i, j = at / n, at % n

            Seq.sumBy (fun p -> a[i * rowStride + p * columnStride] * b[p * n + j]) (seq { 0 .. k - 1 })
            + (if accumulate then c[at] else 0.0))

    let result = onArena c arena
    let left = Matrix<float>(onArena a arena, m, k, rowStride, columnStride)
    let right = Matrix<float>(onArena b arena, k, n)
    let target = Matrix<float>(result, m, n)
    arithmetic.Gemm(&left, &right, &target, accumulate)
    close $"{m} x {n} x {k}, transposed {transposed}, accumulate {accumulate}" expected (back result (m * n))

let private gram (arithmetic: Arithmetic<float>) m n k =
    use arena = new Arena<float>()
    let k = arithmetic.Padded k
    let a, b = draw (m * k), draw (n * k)

    let expected =
        Array.init (m * n) (fun at ->
            let i, j = at / n, at % n
            -0.3 * (Seq.sumBy (fun p -> a[i * k + p] * b[j * k + p]) (seq { 0 .. k - 1 }) + 0.7))

    let result = arena.Take(int64 (m * n))
    let left = Matrix<float>(onArena a arena, m, k)
    let right = Matrix<float>(onArena b arena, n, k)
    let target = Matrix<float>(result, m, n)
    arithmetic.Gram(&left, &right, &target, -0.3, 0.7)
    close $"{m} x {n} x {k}" expected (back result (m * n))

let private singles (numbers: float32[]) (arena: Arena<float32>) =
    let start = arena.Take(int64 (max 1 numbers.Length))
    numbers |> Array.iteri (NativePtr.set start)
    start

let private onWidths name test =
    testList
        name
        [
            for bits in [ 0; 128; 256; 512 ] do
                testCase $"{bits} bits" (fun () -> test (Arithmetic<float>.Of bits))
        ]

[<Tests>]
let tests =
    testList
        "Fused arithmetic"
        [
            onWidths "products equal the plain loop" (fun arithmetic ->
                for m in [ 1..26 ] do
                    for n in [ 1; arithmetic.Lanes * 2; arithmetic.Lanes * 3; arithmetic.Lanes * 9 ] do
                        for k in [ 0; 1; 2; 7; 23; 24; 30; 200 ] do
                            for transposed in [ false; true ] do
                                for accumulate in [ false; true ] do
                                    gemm arithmetic m n k transposed accumulate)

            onWidths "products of rows equal the plain loop" (fun arithmetic ->
                for m in [ 1..13 ] do
                    for n in [ 1..13 ] do
                        for k in [ 1; 5; 16; 40 ] do
                            gram arithmetic m n k
                    // More rows on the right than the nearest cache holds of them.
                    for n in [ 15..41 ] do
                        gram arithmetic m n 200)

            onWidths "outer products, with and without factors, in place of and added to" (fun arithmetic ->
                for rows in [ 0; 1; 5 ] do
                    for vectors in [ 1; 2; 4; 7 ] do
                        for accumulate in [ false; true ] do
                            for factors in [ false; true ] do
                                use arena = new Arena<float>()
                                let width = vectors * arithmetic.Lanes
                                let r, w, before = draw rows, draw width, draw (rows * width)
                                let result = onArena before arena

                                arithmetic.Outer(
                                    (if factors then onArena r arena else none),
                                    -0.3,
                                    onArena w arena,
                                    result,
                                    rows,
                                    width,
                                    accumulate
                                )

                                let expected =
                                    Array.init (rows * width) (fun at ->
                                        -0.3 * (if factors then r[at / width] else 1.0) * w[at % width]
                                        + (if accumulate then before[at] else 0.0))

                                close $"{rows} x {width}" expected (back result (rows * width)))

            onWidths "sums over rows, all and chosen ones" (fun arithmetic ->
                for rows in [ 0; 1; 2; 9 ] do
                    for vectors in [ 1; 3; 4; 5; 8; 11 ] do
                        use arena = new Arena<float>()
                        let width = vectors * arithmetic.Lanes
                        let r, x, before = draw rows, draw (rows * width), draw width
                        let block = onArena x arena

                        for factors in [ false; true ] do
                            let total = onArena before arena
                            arithmetic.AddRows((if factors then onArena r arena else none), block, total, rows, width)

                            let expected =
                                Array.init width (fun j ->
                                    before[j]
                                    + Seq.sumBy
                                        (fun i -> (if factors then r[i] else 1.0) * x[i * width + j])
                                        (seq { 0 .. rows - 1 }))

                            close $"{rows} x {width}, factors {factors}" expected (back total width)

                        for accumulate in [ false; true ] do
                            let chosen = [| 0..3 .. rows - 1 |]
                            let total = onArena before arena
                            arithmetic.SumRows(block, ReadOnlySpan chosen, total, width, accumulate)

                            let expected =
                                Array.init width (fun j ->
                                    (if accumulate then before[j] else 0.0)
                                    + Array.sumBy (fun i -> x[i * width + j]) chosen)

                            close $"chosen of {rows} x {width}, {accumulate}" expected (back total width)

                        if rows > 0 then
                            let chosen = Array.init rows (fun i -> 5 * i % rows)
                            let total = onArena before arena
                            arithmetic.AddChosen(onArena r arena, block, ReadOnlySpan chosen, total, width)

                            let expected =
                                Array.init width (fun j ->
                                    before[j] + Seq.sum (Seq.mapi (fun i row -> r[i] * x[row * width + j]) chosen))

                            close $"weighed of {rows} x {width}" expected (back total width))

            onWidths "a number for each row, the same bits whatever rows stand beside it" (fun arithmetic ->
                for rows in [ 0..9 ] do
                    for vectors in [ 1; 2; 4; 5 ] do
                        use arena = new Arena<float>()
                        let width = vectors * arithmetic.Lanes
                        let x, w, before = draw (rows * width), draw width, draw rows
                        let block, weights = onArena x arena, onArena w arena

                        for accumulate in [ false; true ] do
                            let result = onArena before arena
                            arithmetic.RowDots(block, weights, -0.3, 0.7, result, rows, width, accumulate)
                            let actual = back result rows

                            let expected =
                                Array.init rows (fun i ->
                                    -0.3
                                    * (Seq.sumBy (fun j -> x[i * width + j] * w[j]) (seq { 0 .. width - 1 }) + 0.7)
                                    + (if accumulate then before[i] else 0.0))

                            close $"{rows} x {width}, {accumulate}" expected actual

                            for i in 0 .. rows - 1 do
                                let alone = onArena [| before[i] |] arena
                                let row = NativePtr.add block (i * width)
                                arithmetic.RowDots(row, weights, -0.3, 0.7, alone, 1, width, accumulate)
                                Expect.equal (back alone 1 |> Array.head) actual[i] $"row {i} of {rows} alone")

            onWidths "two outer products at once, times a third block" (fun arithmetic ->
                for rows in [ 0; 1; 5 ] do
                    use arena = new Arena<float>()
                    let width = 3 * arithmetic.Lanes
                    let r, w, s, v, p = draw rows, draw width, draw rows, draw width, draw (rows * width)
                    let result = arena.Take(int64 (rows * width))
                    let take numbers = onArena numbers arena
                    arithmetic.TwoOuterProducts(-0.3, take r, take w, take s, take v, take p, result, rows, width)

                    let expected =
                        Array.init (rows * width) (fun at ->
                            let i, j = at / width, at % width
                            (-0.3 * r[i] * w[j] + s[i] * v[j]) * p[at])

                    close $"{rows} rows" expected (back result (rows * width)))

            onWidths
                "columns of any number, scaled and multiplied with one another, and nothing beyond them"
                (fun arithmetic ->
                    for rows in [ 1; 2; 5 ] do
                        for columns in [ 1..35 ] do
                            use arena = new Arena<float>()
                            let count = rows * columns
                            let x, y, r, before = draw count, draw count, draw columns, draw (columns + 1)
                            // One number more behind each result, which has to stay.
                            let target = onArena (Array.create (count + 1) 7.0) arena
                            let take numbers = onArena numbers arena
                            arithmetic.ScaleColumns(take x, take r, target, rows, columns)
                            let expected = Array.init count (fun at -> r[at % columns] * x[at])

                            close
                                $"{rows} x {columns}, scaled"
                                (Array.append expected [| 7.0 |])
                                (back target (count + 1))

                            let sums = onArena before arena
                            arithmetic.DotColumns(take x, take y, -0.3, take r, target, sums, rows, columns)
                            let expected = Array.init count (fun at -> -0.3 * r[at % columns] * y[at])

                            close
                                $"{rows} x {columns}, target"
                                (Array.append expected [| 7.0 |])
                                (back target (count + 1))

                            let expected =
                                Array.init (columns + 1) (fun j ->
                                    before[j]
                                    + if j = columns then
                                          0.0
                                      else
                                          Seq.sumBy
                                              (fun i -> x[i * columns + j] * y[i * columns + j])
                                              (seq { 0 .. rows - 1 }))

                            close $"{rows} x {columns}, sums" expected (back sums (columns + 1))
                            arithmetic.DotColumns(take x, take y, 1.0, take r, target, none, rows, columns)
                            let expected = Array.init count (fun at -> r[at % columns] * y[at])
                            close $"{rows} x {columns}, without sums" expected (back target count))

            onWidths
                "two blocks at once: rows and columns scaled and added, products summed by row and by column"
                (fun arithmetic ->
                    for rows in [ 0..6 ] do
                        for vectors in [ 1; 3; 4 ] do
                            use arena = new Arena<float>()
                            let width = vectors * arithmetic.Lanes
                            let count = rows * width
                            let x, y, before = draw count, draw count, draw count
                            let r, s, v, w = draw rows, draw rows, draw width, draw width
                            let take numbers = onArena numbers arena
                            let what = $"{rows} x {width}"

                            for both in [ false; true ] do
                                let other = if both then take y else none
                                let second = if both then y else Array.zeroCreate count
                                let result = take x
                                arithmetic.ScaleRows(take r, result, take s, other, result, rows, width)

                                let expected =
                                    Array.init count (fun at -> r[at / width] * x[at] + s[at / width] * second[at])

                                close $"{what}, rows, both {both}" expected (back result count)

                                for accumulate in [ false; true ] do
                                    let result = take before

                                    arithmetic.ColumnProducts(
                                        take x,
                                        take v,
                                        other,
                                        take w,
                                        result,
                                        rows,
                                        width,
                                        accumulate
                                    )

                                    let expected =
                                        Array.init count (fun at ->
                                            x[at] * v[at % width]
                                            + second[at] * w[at % width]
                                            + (if accumulate then before[at] else 0.0))

                                    close $"{what}, columns, both {both}, {accumulate}" expected (back result count)

                            let product = Array.map2 (*) x y
                            let byColumn, byRow = take v, take r
                            arithmetic.AddColumnDots(take x, take y, byColumn, rows, width)

                            let expected =
                                Array.init width (fun j ->
                                    v[j] + Seq.sumBy (fun i -> product[i * width + j]) (seq { 0 .. rows - 1 }))

                            close $"{what}, summed by column" expected (back byColumn width)
                            arithmetic.AddPairDots(take x, take y, byRow, rows, width)

                            let expected =
                                Array.init rows (fun i -> r[i] + Array.sum product[i * width .. (i + 1) * width - 1])

                            close $"{what}, summed by row" expected (back byRow rows))

            testList
                "numbers looked up in small tables"
                [
                    for bits in [ 0; 128; 256; 512 ] do
                        testCase $"{bits} bits" (fun () ->
                            let arithmetic = Arithmetic<float32>.Of bits

                            for size in [ 1; 16; 17; 32; 33 ] do
                                for n in [ 0; 1; 15; 16; 17; 50 ] do
                                    use arena = new Arena<float32>()
                                    let table, y = draw size |> Array.map float32, draw n |> Array.map float32
                                    let chosen = Array.init n (fun _ -> random.Next size)
                                    // What stands behind the table may be read, but never counts.
                                    let behind = Array.create Arithmetic<float32>.ReadBehind Single.NaN
                                    let place = singles (Array.append table behind) arena
                                    let result = singles y arena
                                    use rows = fixed chosen
                                    arithmetic.AddLookedUp(place, size, rows, result, n)
                                    let expected = Array.map2 (fun v at -> v + table[at]) y chosen
                                    let actual = Array.init n (NativePtr.get result)
                                    Expect.equal actual expected $"{n} numbers from a table of {size}")
                ]

            testCase "the sum of some numbers" (fun () ->
                for n in [ 0; 1; 3; 4; 5; 50 ] do
                    use arena = new Arena<float>()
                    let x = draw n
                    let sum = Arithmetic<float>.Sum(onArena x arena, int64 n)
                    Expect.floatClose Accuracy.high sum (Array.sum x) $"{n} numbers")

            onWidths "steps of a piecewise linear activation" (fun arithmetic ->
                for rows in [ 1; 3 ] do
                    for width in [ 1; arithmetic.Lanes + 1 ] do
                        use arena = new Arena<float>()
                        let width = arithmetic.Padded width
                        let count = rows * width
                        let sign, x, scale, weight = draw count, draw count, draw rows, draw width
                        let slope = Array.map (fun s -> if s > 0.0 then 1.0 else 0.1) sign
                        let result = onArena x arena
                        arithmetic.MultiplyStep(onArena sign arena, 0.1, result, count)
                        close "multiplied" (Array.map2 (*) slope x) (back result count)
                        let outer = arena.Take(int64 count)

                        arithmetic.OuterProductStep(
                            onArena scale arena,
                            onArena weight arena,
                            onArena sign arena,
                            0.1,
                            outer,
                            rows,
                            width
                        )

                        let expected = Array.init count (fun at -> scale[at / width] * weight[at % width] * slope[at])

                        close "outer" expected (back outer count)
                        let active, slopes = onArena x arena, arena.Take(int64 count)

                        arithmetic.Activate(
                            RobustMeta.Models.Activation.LeakyRelu,
                            active,
                            onArena weight arena,
                            slopes,
                            none,
                            rows,
                            width
                        )

                        let inputs = Array.init count (fun at -> x[at] + weight[at % width])
                        close "active" (inputs |> Array.map (fun z -> max z (0.1 * z))) (back active count)

                        close
                            "slopes"
                            (inputs |> Array.map (fun z -> if z > 0.0 then 1.0 else 0.1))
                            (back slopes count))
        ]
