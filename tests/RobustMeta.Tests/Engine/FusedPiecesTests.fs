/// The pieces that the fused cores are made of, each alone, against plain sums and derivatives by differences.
module RobustMeta.Tests.Engine.FusedPiecesTests

#nowarn "9"

open System
open System.Collections.Immutable
open Expecto
open Microsoft.FSharp.NativeInterop
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Engine.Fused.Networks
open RobustMeta.Engine.Fused.Processes
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.NativeNumbers

let private arithmetic = Arithmetic<float>.Of 256

let private gaussian =
    testList
        "Gaussians"
        [
            onSeeds "derivatives of a draw"
            <| fun arena draw ->
                let n = 6
                let mean, log = onArena (draw n) arena, onArena (draw n) arena
                let noise, pull, z = onArena (draw n) arena, draw n, onArena (draw n) arena

                let value () =
                    GaussianKernel<float>.Draw(mean, log, noise, z, n)
                    dot pull (back z n)

                let ofMean, ofLog = onArena (draw n) arena, onArena (draw n) arena
                GaussianKernel<float>.ReverseDraw(log, noise, onArena pull arena, ofMean, ofLog, n)
                agrees "means" value mean (iota n) (back ofMean n)
                agrees "variances" value log (iota n) (back ofLog n)

            onSeeds "derivatives of the divergence, added to those of the one and written for the other"
            <| fun arena draw ->
                let n = 6
                let numbers = [| for _ in 1..4 -> onArena (draw n) arena |]
                let before = draw n

                // KL of normal distributions, from their densities' closed form.
                let value () =
                    let m, s, m', s' = back numbers[0] n, back numbers[1] n, back numbers[2] n, back numbers[3] n

                    0.7
                    * Seq.sum (
                        seq {
                            for i in 0 .. n - 1 ->
                                0.5 * (s'[i] - s[i]) + (exp s[i] + (m[i] - m'[i]) ** 2.0) / (2.0 * exp s'[i]) - 0.5
                        }
                    )

                let adjoints = [| for _ in 1..4 -> onArena before arena |]
                let q = GaussianKernel<float>.Gaussian(numbers[0], numbers[1], adjoints[0], adjoints[1])
                let p = GaussianKernel<float>.Gaussian(numbers[2], numbers[3], adjoints[2], adjoints[3])
                GaussianKernel<float>.ReverseDivergence(0.7, &q, &p, n)

                for i in 0..3 do
                    let own = back adjoints[i] n
                    let own = if i < 2 then Array.map2 (-) own before else own
                    agrees $"numbers {i}" value numbers[i] (iota n) own
        ]

let private student =
    testList
        "Student's kernel"
        [
            onSeeds "assignment by definition, and its derivatives by vector and pool"
            <| fun arena draw ->
                let k, width, degrees = 5, 4, 1.5
                let kernel = StudentKernel<float>(k, width, degrees)
                let vector, pool = onArena (draw width) arena, onArena (draw (k * width)) arena
                let assignment, spread = onArena (draw k) arena, onArena (draw k) arena
                let pull = draw k

                let byDefinition () =
                    let v, g = back vector width, back pool (k * width)

                    let weight j =
                        let square = Seq.sumBy (fun i -> (v[i] - g[j * width + i]) ** 2.0) (seq { 0 .. width - 1 })
                        (1.0 + square / degrees) ** (-(degrees + 1.0) / 2.0)

                    let weights = Array.init k weight
                    weights |> Array.map (fun w -> w / Array.sum weights)

                kernel.Assign(vector, pool, assignment, spread)
                near "assignment" 1e-12 (byDefinition ()) (back assignment k)
                let pulls = onArena (draw k) arena
                kernel.Reverse(assignment, spread, onArena pull arena, pulls)
                let e, v, g = back pulls k, back vector width, back pool (k * width)
                let value () = dot pull (byDefinition ())

                let ofVector =
                    Array.init width (fun i ->
                        -(Seq.sumBy (fun j -> e[j] * (v[i] - g[j * width + i])) (seq { 0 .. k - 1 })))

                agrees "vector" value vector (iota width) ofVector
                let ofPool = Array.init (k * width) (fun at -> e[at / width] * (v[at % width] - g[at]))
                agrees "pool" value pool (iota (k * width)) ofPool

            onSeeds "derivative of the clustering loss, its target a constant"
            <| fun arena draw ->
                let k, users = 4, 3
                let kernel = StudentKernel<float>(k, 4, 1.0)
                let rows = draw (users * k) |> Array.map abs |> Array.chunkBySize k
                let rows = rows |> Array.map (fun row -> row |> Array.map (fun x -> x / Array.sum row))
                let frequency = Array.init k (fun j -> Array.sumBy (fun (row: float[]) -> row[j]) rows)

                let target =
                    rows
                    |> Array.collect (fun row ->
                        let sharp = Array.map2 (fun q f -> q * q / f) row frequency
                        sharp |> Array.map (fun s -> s / Array.sum sharp))

                let assignments = onArena (Array.concat rows) arena

                let value () =
                    let q = back assignments (users * k)
                    0.3 / float users * Array.fold2 (fun s d q -> s + d * log (d / q)) 0.0 target q

                let adjoint = onArena (draw (users * k)) arena
                kernel.ReverseClustering(0.3, assignments, users, adjoint)
                agrees "assignments" value assignments (iota (users * k)) (back adjoint (users * k))
        ]

let private means =
    onSeeds "weighted means: by definition, and derivatives by rows and weights"
    <| fun arena draw ->
        let rows, width, constants = 5, 8, 3.0
        let mean = WeightedMean<float>(width, arithmetic)
        let x, weights = onArena (draw (rows * width)) arena, onArena (draw rows |> Array.map abs) arena
        let pull = draw width
        let result = onArena (draw width) arena

        let byDefinition () =
            let x, w = back x (rows * width), back weights rows

            Array.init width (fun j ->
                Seq.sumBy (fun i -> w[i] * x[i * width + j]) (seq { 0 .. rows - 1 }) / (Array.sum w + constants))

        let total = Array.sum (back weights rows) + constants
        let sum = onArena (Array.zeroCreate width) arena
        mean.Add(x, weights, rows, sum)
        mean.Divide(sum, total, result)
        near "mean" 1e-12 (byDefinition ()) (back result width)
        let pulled = onArena pull arena
        mean.Divide(pulled, total, pulled)
        let ofRows = onArena (draw (rows * width)) arena
        mean.Reverse(pulled, weights, rows, ofRows)
        let before = draw rows
        let ofWeights = onArena before arena
        mean.ReverseWeights(x, pulled, result, rows, ofWeights)
        let value () = dot pull (byDefinition ())
        agrees "rows" value x (iota (rows * width)) (back ofRows (rows * width))
        agrees "weights" value weights (iota rows) (Array.map2 (-) (back ofWeights rows) before)
        mean.Reverse(pulled, none, rows, ofRows)
        near "no weights" 1e-12 (Array.replicate rows (back pulled width) |> Array.concat) (back ofRows (rows * width))

let private modulation isGated =
    onSeeds (if isGated then "scales and shifts with gates" else "scales and shifts")
    <| fun arena draw ->
        let users, tasks, width = 3, 5, 6
        let layout = BlockLayout()
        let maps = ModulationMaps<float>("layer", tasks, width, isGated, layout, arithmetic)
        let drawn = Map [ for m in [ "gamma"; "beta"; "eta"; "delta" ] -> $"layer.{m}", draw (tasks * width) ]
        let block = packed layout drawn arena
        let taskPadded = arithmetic.Padded tasks
        let embeddings = rowsOnArena arena taskPadded [| for _ in 1..users -> draw tasks |]
        let ofScale, ofShift = draw (users * width), draw (users * width)
        let places = cells users width (arithmetic.Padded width)

        let run own =
            maps.Begin(block, users, own)
            maps.Forward(Chunk(0, users), embeddings)

        let value () =
            use own = new Arena<float>()
            run own
            dot ofScale (at (maps.Scale 0) places) + dot ofShift (at (maps.Shift 0) places)

        // As the layer writes them down: tanh of the maps, the gate between them and the filler.
        let byDefinition () =
            let map name user j =
                Seq.sumBy
                    (fun i -> NativePtr.get embeddings (user * taskPadded + i) * drawn[$"layer.{name}"][i * width + j])
                    (seq { 0 .. tasks - 1 })

            [|
                for user in 0 .. users - 1 do
                    for j in 0 .. width - 1 do
                        let gate = if isGated then 1.0 / (1.0 + exp -(map "delta" user j)) else 1.0
                        let filler = tanh (map "eta" user j) * (1.0 - gate)
                        gate * tanh (map "gamma" user j) + filler, gate * tanh (map "beta" user j) + filler
            |]
            |> Array.unzip

        run arena
        let scales, shifts = byDefinition ()
        near "scales" 1e-12 scales (at (maps.Scale 0) places)
        near "shifts" 1e-12 shifts (at (maps.Shift 0) places)
        maps.BeginReverse(users, embeddings, arena)
        put (maps.ScaleAdjoint 0) places ofScale
        put (maps.ShiftAdjoint 0) places ofShift
        let toTasks = arena.TakeZeros(int64 (users * taskPadded))
        maps.Reverse(Chunk(0, users), toTasks)
        let gradient = gradientOf layout drawn maps.Gradients arena
        let taskCells = cells users tasks taskPadded
        agrees "task embeddings" value embeddings taskCells (at toTasks taskCells)
        parametersAgree layout drawn value block gradient

let private network (activation: Activation) (inputBias: string) =
    let shifted = if isNull inputBias then "" else ", on rectified inputs"

    onSeeds $"{activation}{shifted}"
    <| fun arena draw ->
        let rows, inputs, hidden, outputs = 7, 5, 6, 3
        let layout = BlockLayout()

        let layers =
            ImmutableArray.Create(RowLayer("a", hidden, Nullable activation), RowLayer("b", outputs, Nullable()))

        let network = RowNetwork<float>(inputs, layers, layout, arithmetic, inputBias)

        let drawn =
            Map
                [
                    "a.weight", draw (inputs * hidden)
                    "a.bias", draw hidden
                    "b.weight", draw (hidden * outputs)
                    "b.bias", draw outputs
                    "shift", draw inputs
                ]

        let block = packed layout drawn arena
        let given = [| for _ in 1..rows -> draw inputs |]
        let pull = draw (rows * outputs)
        let inputCells, outputCells = cells rows inputs network.InputPadded, cells rows outputs network.OutputPadded

        let run (own: Arena<float>) =
            network.Begin(block, rows, own)
            put network.Inputs inputCells (Array.concat given)
            network.Forward(0, 3)
            network.Forward(3, rows - 3)
            at network.Outputs outputCells

        let value () =
            use own = new Arena<float>()
            dot pull (run own)

        let dense name outputs (x: float[]) =
            Array.init outputs (fun j ->
                drawn[$"{name}.bias"][j]
                + dot x (Array.init x.Length (fun i -> drawn[$"{name}.weight"][i * outputs + j])))

        let rectified (x: float[]) =
            if isNull inputBias then
                x
            else
                Array.map2 (fun a b -> max 0.0 (a + b)) x drawn["shift"]

        let activate z = if activation = Activation.Relu then max z 0.0 else z / (1.0 + exp -z)
        let expected = given |> Array.collect (rectified >> dense "a" hidden >> Array.map activate >> dense "b" outputs)
        near "outputs" 1e-12 expected (run arena)
        network.BeginReverse arena
        put network.OutputAdjoint (iota (rows * network.OutputPadded)) (Array.zeroCreate (rows * network.OutputPadded))
        put network.OutputAdjoint outputCells pull
        network.Reverse(0, 4)
        network.Reverse(4, rows - 4)
        let gradient = gradientOf layout drawn [ network :> IGradientPieces<float> ] arena
        let ofInputs = at network.InputAdjoint inputCells
        parametersAgree layout drawn value block gradient

        let moved = onArena (Array.concat given) arena

        let valueOfInputs () =
            back moved (rows * inputs) |> Array.chunkBySize inputs |> Array.iteri (fun i row -> given[i] <- row)
            value ()

        agrees "inputs" valueOfInputs moved (iota (rows * inputs)) ofInputs

[<Tests>]
let tests =
    testList
        "Fused pieces"
        [
            gaussian
            student
            means
            modulation false
            modulation true
            testList
                "network of rows"
                [
                    for activation in [ Activation.Relu; Activation.Silu ] do
                        for inputBias in [ null; "shift" ] do
                            network activation inputBias
                ]
        ]
