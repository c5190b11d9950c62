module RobustMeta.Tests.Training.OptimizersTests

open System
open Expecto
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Training

// Not a multiple of any vector width: the last values go one by one.
let private size = 37

let private start =
    let random = Seeds.Generator(1L, "start") in Array.init size (fun _ -> float32 (random.NextGaussian()))

let private gradientOf step =
    let random = Seeds.Generator(1L, "gradient", $"{step}")
    Array.init size (fun _ -> float32 (random.NextGaussian()))

let private parameters () =
    let w = Parameter("w", size)
    let still = Parameter("still", 3)
    let state = Parameter("memory", 2, IsState = true)
    start.CopyTo(w.Values.AsSpan())
    still.Values.AsSpan().Fill 2.0f
    ParameterSet [ w; still; state ]

let private advance (optimizer: Optimizer) (set: ParameterSet) rate scale steps =
    for step in steps do
        (gradientOf step).CopyTo(set["w"].Gradient.AsSpan())
        optimizer.Step([| set["w"] |], rate, scale)

let private sgd decay rate scale steps =
    let w = Array.map float start

    for step in steps do
        let g = gradientOf step

        for i in 0 .. size - 1 do
            w[i] <- w[i] - rate * (scale * float g[i] + decay * w[i])

    w

let private adam decay rate scale steps =
    let w, m, v = Array.map float start, Array.zeroCreate size, Array.zeroCreate size

    for t, step in Seq.indexed steps do
        let gradient = gradientOf step

        for i in 0 .. size - 1 do
            let g = scale * float gradient[i] + decay * w[i]
            m[i] <- 0.9 * m[i] + 0.1 * g
            v[i] <- 0.999 * v[i] + 0.001 * g * g

            let unbiased, spread =
                m[i] / (1.0 - Math.Pow(0.9, float t + 1.0)), v[i] / (1.0 - Math.Pow(0.999, float t + 1.0))

            w[i] <- w[i] - rate * unbiased / (sqrt spread + 1e-8)

    w

let private agrees kind reference =
    [
        for decay in [ 0.0; 0.1 ] do
            for scale in [ 1.0; 0.25 ] do
                testCase $"{kind} against a plain loop, decay {decay}, scale {scale}"
                <| fun () ->
                    let set = parameters ()
                    let optimizer = Optimizer.Of(kind, set, decay)
                    advance optimizer set 0.05 scale [ 1..25 ]
                    let expected: float[] = reference decay 0.05 scale [ 1..25 ]

                    for i in 0 .. size - 1 do
                        Expect.floatClose
                            { absolute = 2e-6; relative = 2e-6 }
                            (float set["w"].Values[i])
                            expected[i]
                            $"value {i}"

                    Expect.equal optimizer.Steps 25L "steps"

                    Expect.equal
                        (set["still"].Values.ToArray())
                        [| 2.0f; 2.0f; 2.0f |]
                        "what is not learned does not even decay"
    ]

/// A table of six rows; a step gives two of them gradients, and says so or not.
let private onTable kind decay saysSo =
    let width = 5
    let table = Parameter("table", 6, width)
    let random = Seeds.Generator(1L, "table")

    for i in 0 .. table.Size - 1 do
        table.Values[i] <- float32 (random.NextGaussian())

    let set = ParameterSet [ table ]
    let optimizer = Optimizer.Of(kind, set, decay)
    let untouched = table.Values.ToArray()

    for step in 1..20 do
        let rows = [| step % 3; 4 |]
        table.Gradient.AsSpan().Clear()

        for row in rows do
            for i in row * width .. row * width + width - 1 do
                table.Gradient[i] <- float32 (random.NextGaussian())

        if saysSo then
            table.TouchedRows <- ReadOnlyMemory rows

        optimizer.Step([| table |], 0.05, 1.0)

    let rowsOf (values: float32[]) = Array.chunkBySize width values
    rowsOf (table.Values.ToArray()), rowsOf untouched, GradientNorm.Of set

[<Tests>]
let tests =
    testList
        "Optimizers"
        [
            yield! agrees OptimizerKind.Sgd sgd
            yield! agrees OptimizerKind.Adam adam

            testCase "Adam's first step is the learning rate, whatever the gradient's size"
            <| fun () ->
                for scale in [ 1e-3; 1.0; 1e3 ] do
                    let set = parameters ()
                    advance (AdamOptimizer(set, 0.0)) set 0.1 scale [ 1 ]

                    for i in 0 .. size - 1 do
                        let expected = float start[i] - 0.1 * float (sign (Array.item i (gradientOf 1)))

                        Expect.floatClose
                            { absolute = 1e-4; relative = 0.0 }
                            (float set["w"].Values[i])
                            expected
                            $"{scale}"

            testCase "state and steps carry an optimizer on, bit for bit"
            <| fun () ->
                for kind in [ OptimizerKind.Sgd; OptimizerKind.Adam ] do
                    let whole = parameters ()
                    advance (Optimizer.Of(kind, whole, 0.01)) whole 0.05 1.0 [ 1..10 ]
                    let set = parameters ()
                    let first = Optimizer.Of(kind, set, 0.01)
                    advance first set 0.05 1.0 [ 1..6 ]
                    let second = Optimizer.Of(kind, set, 0.01)
                    second.Steps <- first.Steps

                    for entry in first.State do
                        entry.Value.AsSpan().CopyTo(second.State[entry.Key].AsSpan())

                    advance second set 0.05 1.0 [ 7..10 ]
                    Expect.equal (set["w"].Values.ToArray()) (whole["w"].Values.ToArray()) $"{kind}"

            testCase "Adam keeps two moments of what is learned, none of state"
            <| fun () ->
                let names = [ for name in AdamOptimizer(parameters (), 0.0).State.Keys -> name ]
                let expected = [ "still.moment1"; "still.moment2"; "w.moment1"; "w.moment2" ]
                Expect.equal (List.sort names) expected "names"
                Expect.isEmpty (SgdOptimizer(0.0).State) "plain descent has none"

            testCase "knowing the touched rows changes nothing but time, except for sparse Adam"
            <| fun () ->
                for kind in [ OptimizerKind.Sgd; OptimizerKind.Adam ] do
                    for decay in [ 0.0; 0.1 ] do
                        let dense, _, norm = onTable kind decay false
                        let sparse, _, sparseNorm = onTable kind decay true
                        Expect.equal sparse dense $"{kind}, decay {decay}"
                        Expect.floatClose Accuracy.high sparseNorm norm "norm"

            testCase "sparse Adam leaves other rows alone and moves each row as Adam does that meets no pause"
            <| fun () ->
                let dense, start, _ = onTable OptimizerKind.Adam 0.1 false
                let sparse, _, _ = onTable OptimizerKind.SparseAdam 0.1 true
                Expect.equal sparse[4] dense[4] "touched in every step"
                Expect.notEqual sparse[1] start[1] "touched now and then"
                Expect.notEqual sparse[1] dense[1] "momentum of the pauses"
                Expect.equal sparse[3] start[3] "never touched"
                Expect.equal sparse[5] start[5] "never touched"
                let blind, _, _ = onTable OptimizerKind.SparseAdam 0.1 false
                Expect.equal blind dense "without knowledge of rows it is Adam"

            testCase "a reset forgets everything"
            <| fun () ->
                let set = parameters ()
                let optimizer = AdamOptimizer(set, 0.01)
                advance optimizer set 0.05 1.0 [ 1..5 ]
                optimizer.Reset()
                start.CopyTo(set["w"].Values.AsSpan())
                advance optimizer set 0.05 1.0 [ 1..5 ]
                let fresh = parameters ()
                advance (AdamOptimizer(fresh, 0.01)) fresh 0.05 1.0 [ 1..5 ]
                Expect.equal (set["w"].Values.ToArray()) (fresh["w"].Values.ToArray()) "as new"
        ]
