/// The pieces of models with vectors of users, and of exposure as an input, each alone: by definition, and derivatives by differences.
module RobustMeta.Tests.Engine.VectorPiecesTests

#nowarn "9"

open System
open System.Collections.Immutable
open Expecto
open Microsoft.FSharp.NativeInterop
open RobustMeta.Runtime.Vectors
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Engine.Fused.Networks
open RobustMeta.Engine.Fused.UserVectors
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.FusedCase
open RobustMeta.Tests.NativeNumbers

let private arithmetic = Arithmetic<float>.Of 256
let private lengths = [ 6, 3; 1, 2; 9, 4 ]
let private users = lengths.Length
let private supports = lengths |> List.sumBy fst
let private queries = lengths |> List.sumBy snd
let private weightsOf (draw: int -> float[]) = draw supports |> Array.map (fun x -> 0.2 + abs x)

/// What a network of rows makes of some inputs.
let private outputsOf (network: RowNetwork<float>) block (rows: float[][]) (arena: Arena<float>) =
    network.Begin(block, rows.Length, arena)
    put network.Inputs (cells rows.Length rows[0].Length network.InputPadded) (Array.concat rows)
    network.Forward(0, rows.Length)

let private parts =
    onSeeds "a layer in parts, and a network without layers"
    <| fun arena draw ->
        let below, above, outputs, rows = 5, 3, 6, 4

        let network inputs layers layout =
            RowNetwork<float>(inputs, ImmutableArray.CreateRange layers, layout, arithmetic, null)

        let layer first hasBias = RowLayer("a", outputs, Nullable(), FirstRow = first, HasBias = hasBias)
        let drawn = Map [ "a.weight", draw ((below + above) * outputs); "a.bias", draw outputs ]
        let given = [| for _ in 1..rows -> draw (below + above) |]

        let run split =
            let layout = BlockLayout()

            let networks =
                if split then
                    [
                        network below [ layer 0 false ] layout, Array.map (Array.take below) given
                        network above [ layer below true ] layout, Array.map (Array.skip below) given
                    ]
                else
                    [ network (below + above) [ layer 0 true ] layout, given ]

            let block = packed layout drawn arena

            networks
            |> List.map (fun (network, inputs) ->
                outputsOf network block inputs arena
                at network.Outputs (cells rows outputs network.OutputPadded))
            |> List.reduce (Array.map2 (+))

        near "parts add up to the whole" 1e-12 (run false) (run true)
        let layout = BlockLayout()
        let identity = network below [] layout
        Expect.equal (identity.Pieces, layout.Size) (0, 0L) "nothing to learn"
        let inputs = given |> Array.map (Array.take below)
        outputsOf identity (packed layout drawn arena) inputs arena
        let places = cells rows below identity.OutputPadded
        Expect.equal (at identity.Outputs places) (Array.concat inputs) "outputs are the inputs"
        identity.BeginReverse arena
        let adjoint = draw (rows * below)
        put identity.OutputAdjoint places adjoint
        identity.Reverse(0, rows)
        Expect.equal (at identity.InputAdjoint places) adjoint "and so are their adjoints"

let private rows label =
    onSeeds $"rows under vectors, {label}: losses by definition, derivatives by the users' part and by support weights"
    <| fun arena draw ->
        let hidden = 5
        let layout = BlockLayout()
        let form = UserVectorForm(inputsOf Not schema.ItemFields schema.UserFields, 4, hidden, 3)
        let network = BaseNetwork<float>(form, layout, arithmetic)
        let padded = network.Padded

        let drawn =
            Map
                [
                    "base.0.weight", draw ((4 + form.Schema.ItemWidth + form.Schema.UserWidth) * hidden)
                    "base.0.bias", draw hidden
                    "base.1.weight", draw hidden
                    "base.1.bias", draw 1
                ]

        let block = packed layout drawn arena
        let given = tasks label 3L lengths
        let tasks = withOffsets label given (batch given)
        let itemPart = rowsOnArena arena padded [| for _ in 1..items -> draw hidden |]
        let own = rowsOnArena arena padded [| for _ in 1..users -> draw hidden |]
        let weights = onArena (weightsOf draw) arena
        let ofQueries, ofUsers = draw queries, draw users

        let run (memory: Arena<float>) =
            let batch = VectorBatch<float>(Tasks = tasks, ItemPart = itemPart)
            batch.Fill(tasks, supports)
            batch.Slots.Group()
            batch.Begin(memory, ReadOnlySpan(back weights supports))
            batch.TakeFractions(Chunk(0, users))
            network.Begin(block, supports + queries, memory)
            let rows = VectorRows<float>(batch, network, LossKernel<float> label, arithmetic)
            rows.Begin(memory, true)
            put rows.Own (iota (users * padded)) (back own (users * padded))

            for user in 0 .. users - 1 do
                rows.ForwardSupport user
                rows.ForwardQuery user

            batch, rows

        let supportFraction row =
            let weights = back weights supports
            let user = Seq.findIndex (fun start -> start > row) tasks.SupportStarts - 1
            let range = [ tasks.SupportStarts[user] .. tasks.SupportStarts[user + 1] - 1 ]
            user, weights[row] / (range |> List.sumBy (fun i -> weights[i]))

        let value () =
            use memory = new Arena<float>()
            let batch, rows = run memory

            dot ofQueries (Array.take queries batch.Losses)
            + Seq.sum (
                seq {
                    for row in 0 .. supports - 1 do
                        let user, fraction = supportFraction row
                        ofUsers[user] * fraction * NativePtr.get rows.SupportLosses row
                }
            )

        let batch, rows = run arena

        let scoreOf user row =
            let part at = Array.init hidden (fun k -> NativePtr.get (fst at) (snd at * padded + k))

            let units =
                Array.map2 (fun x y -> max 0.0 (x + y)) (part (itemPart, int batch.Slots.Of[row])) (part (own, user))

            dot units drawn["base.1.weight"] + drawn["base.1.bias"][0]

        let scores =
            [|
                for user in 0 .. users - 1 do
                    for q in tasks.QueryStarts[user] .. tasks.QueryStarts[user + 1] - 1 do
                        scoreOf user (supports + q) + float tasks.QueryOffset[q]
            |]

        near "scores" 1e-12 scores (Array.take queries batch.Scores)
        batch.BeginReverse(arena, ReadOnlySpan ofQueries, ReadOnlySpan ofUsers)
        rows.BeginReverse arena

        for user in 0 .. users - 1 do
            rows.WeighSupport user
            rows.WeighQuery(user, 1.0)
            rows.Reverse(user, batch.SupportOf user, rows.Units)
            rows.Reverse(user, batch.QueryOf user, rows.Units)
            batch.GiveWeightAdjoint user

        let places = cells users hidden padded
        agrees "users' part" value own places (at rows.OwnAdjoint places)
        agrees "support weights" value weights (iota supports) batch.SupportAdjoint

let private exposure exposed =
    onSeeds $"exposure {exposed}: by definition, and derivatives by support weights"
    <| fun arena draw ->
        let rank = 3
        let inputs = inputsOf exposed schema.ItemFields schema.UserFields
        let vectors, means, scales = draw (items * rank), draw (rank + 1), draw (rank + 1)

        let values = Map [ ExposureInput.Vectors, vectors; ExposureInput.Means, means; ExposureInput.Scales, scales ]

        let rows =
            ExposureRows<float>
                .Of(
                    inputs,
                    ParameterArrays<float>(
                        (fun name -> AlignedNumbers<float>(ReadOnlySpan values[name])),
                        (fun _ -> null)
                    )
                )

        let tasks = batch (tasks LabelKind.Click 3L lengths)
        let weights = onArena (weightsOf draw) arena
        let pull = draw (users * (rank + 1))

        let run (memory: Arena<float>) =
            rows.Begin(tasks, ReadOnlySpan(back weights supports), memory)
            let target = memory.Take(int64 (users * (rank + 1)))

            for user in 0 .. users - 1 do
                rows.Write(user, NativePtr.add target (user * (rank + 1)))

            back target (users * (rank + 1))

        let value () =
            use memory = new Arena<float>()
            dot pull (run memory)

        let ofUser user =
            let own = [ tasks.SupportStarts[user] .. tasks.SupportStarts[user + 1] - 1 ]
            let own = own |> List.filter (fun row -> exposed = ByAll || tasks.SupportLabels[row] <> 0f)
            let sum f = own |> List.sumBy (fun row -> NativePtr.get weights row * f row)
            let size = max 1.0 (sum (fun _ -> 1.0))
            let sums = Array.init rank (fun k -> sum (fun row -> vectors[tasks.SupportItems[row] * rank + k]))

            Array.append (sums |> Array.map (fun x -> x / sqrt size)) [| log (size / 15.0) |]
            |> Array.mapi (fun k x -> (x - means[k]) * scales[k])

        near "inputs" 1e-12 (Array.collect ofUser (iota users)) (run arena)
        let ofWeights = Array.zeroCreate<float> supports

        for user in 0 .. users - 1 do
            let adjoint = onArena (Array.sub pull (user * (rank + 1)) (rank + 1)) arena
            rows.Reverse(user, adjoint, Span ofWeights)

        agrees "support weights" value weights (iota supports) ofWeights

[<Tests>]
let tests =
    testList
        "Vector pieces"
        [ parts; rows LabelKind.Click; rows LabelKind.Rating; exposure ByAll; exposure ByPositives ]
