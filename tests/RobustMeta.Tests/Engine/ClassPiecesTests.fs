/// The pieces of LWA and NLBA, each alone: pooling by definition, and derivatives of pooling and heads by differences.
module RobustMeta.Tests.Engine.ClassPiecesTests

#nowarn "9"

open System
open Expecto
open Microsoft.FSharp.NativeInterop
open RobustMeta.Engine.Fused.Classes
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Engine.Fused.Networks
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Models.Layers
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.NativeNumbers

let private arithmetic = Arithmetic<float>.Of 256
let private width = 5
let private padded = arithmetic.Padded width
let private lengths = [ 6, 3; 1, 2; 9, 4 ]
let private users = lengths.Length

/// A batch with encoded items, before anything is pooled.
let private batchOf label (weights: float[]) (encoded: nativeptr<float>) (arena: Arena<float>) =
    let given = tasks label 3L lengths
    let tasks = withOffsets label given (batch given)
    let batch = ClassBatch<float>(Tasks = tasks)
    batch.Fill(tasks, weights.Length)
    batch.Slots.Group()
    batch.FillUsers()
    batch.TakeSupportWeights(arena, ReadOnlySpan weights)
    batch.Encoded <- encoded
    batch.Negative.Begin(arena, batch.SupportRows, users, padded)
    batch.Positive.Begin(arena, batch.SupportRows, users, padded)
    batch.Level <- arena.Take(int64 users)
    batch.Total <- arena.Take(int64 users)
    batch.ScoreAdjoint <- arena.Take(int64 users)
    batch

let private supports = lengths |> List.sumBy fst
let private queries = lengths |> List.sumBy snd
let private classCells = cells users width padded
let private itemCells = cells items width padded

let private encodedOf (draw: int -> float[]) arena = rowsOnArena arena padded [| for _ in 1..items -> draw width |]

/// Level and both representatives of every user, by definition.
let private byDefinition label pooling (batch: ClassBatch<float>) (weights: float[]) =
    let tasks = batch.Tasks

    let ofUser user =
        let rows = [ tasks.SupportStarts[user] .. tasks.SupportStarts[user + 1] - 1 ]
        let residual row = float tasks.SupportLabels[row] - float tasks.SupportOffset[row]
        let sum f = rows |> List.sumBy (fun row -> weights[row] * f row)
        let level = sum residual / sum (fun _ -> 1.0)

        let positive row =
            if label = LabelKind.Click then float tasks.SupportLabels[row]
            elif residual row > level + 1e-4 then 1.0
            else 0.0

        let pooled fraction =
            let total = sum fraction
            let divisor = if pooling = Pooling.Sum || total = 0.0 then 1.0 else total

            Array.init width (fun i ->
                sum (fun row -> fraction row * NativePtr.get batch.Encoded (batch.Slots.Of[row] * padded + i))
                / divisor)

        (if label = LabelKind.Click then 0.0 else level), pooled (fun row -> 1.0 - positive row), pooled positive

    [| for user in 0 .. users - 1 -> ofUser user |] |> Array.unzip3

let private poolingTest label pooling =
    onSeeds $"pooling of {label} by {pooling}: by definition, and derivatives by items and weights"
    <| fun arena draw ->
        let pieces = ClassPooling<float>(label, pooling, padded, arithmetic)
        let encoded = encodedOf draw arena
        let weights = draw supports |> Array.map (fun x -> 0.2 + abs x)
        let given = onArena weights arena
        let ofLevel, ofNegative, ofPositive = draw users, draw (users * width), draw (users * width)

        let run (own: Arena<float>) =
            let batch = batchOf label (back given supports) encoded own

            for user in 0 .. users - 1 do
                pieces.Forward(batch, user)

            batch

        let value () =
            use own = new Arena<float>()
            let batch = run own

            dot ofLevel (back batch.Level users)
            + dot ofNegative (at batch.Negative.Vectors classCells)
            + dot ofPositive (at batch.Positive.Vectors classCells)

        let batch = run arena
        let levels, negative, positive = byDefinition label pooling batch weights
        near "levels" 1e-12 levels (back batch.Level users)
        near "negative" 1e-12 (Array.concat negative) (at batch.Negative.Vectors classCells)
        near "positive" 1e-12 (Array.concat positive) (at batch.Positive.Vectors classCells)
        batch.Negative.BeginReverse(arena, users, padded)
        batch.Positive.BeginReverse(arena, users, padded)
        put batch.Negative.Adjoint classCells ofNegative
        put batch.Positive.Adjoint classCells ofPositive
        put batch.ScoreAdjoint (iota users) ofLevel

        for user in 0 .. users - 1 do
            pieces.Reverse(batch, user, true)

        agrees "weights" value given (iota supports) batch.SupportAdjoint

        // An item gets the sums' adjoints of the classes that it is in, times its weights there.
        let ofItems = Array.zeroCreate (items * padded)

        for row in 0 .. supports - 1 do
            for pooled in [ batch.Negative; batch.Positive ] do
                for i in 0 .. width - 1 do
                    let place = batch.Slots.Of[row] * padded + i

                    ofItems[place] <-
                        ofItems[place]
                        + NativePtr.get pooled.Weights row
                          * NativePtr.get pooled.Adjoint (batch.UserOf[row] * padded + i)

        agrees "items" value encoded itemCells (itemCells |> Array.map (Array.get ofItems))

let private headTest name (create: BlockLayout -> ClassHead<float>) (sizes: (string * int) list) =
    onSeeds $"head of {name}: derivatives by parameters, classes and items"
    <| fun arena draw ->
        let layout = BlockLayout()
        let head = create layout
        let drawn = sizes |> List.map (fun (name, size) -> name, draw size) |> Map.ofList
        let block = packed layout drawn arena
        let encoded = encodedOf draw arena
        let classes () = rowsOnArena arena padded [| for _ in 1..users -> draw width |]
        let negative, positive = classes (), classes ()
        let pull = draw queries

        let run (own: Arena<float>) =
            let batch = batchOf LabelKind.Click [||] encoded own

            for pooled, values in [ batch.Negative, negative; batch.Positive, positive ] do
                put pooled.Vectors classCells (at values classCells)

            head.Begin(block, batch, own)
            head.EncodeUsers(batch, Chunk(0, users))
            let scores = own.Take(int64 queries)

            for user in 0 .. users - 1 do
                head.Score(batch, user, NativePtr.add scores (batch.Tasks.QueryStarts[user]))

            batch, back scores queries

        let value () =
            use own = new Arena<float>()
            dot pull (run own |> snd)

        let batch, _ = run arena
        batch.Slopes <- onArena pull arena

        for user in 0 .. users - 1 do
            NativePtr.set
                batch.ScoreAdjoint
                user
                (Array.sum pull[batch.Tasks.QueryStarts[user] .. batch.Tasks.QueryStarts[user + 1] - 1])

        batch.Negative.BeginReverse(arena, users, padded)
        batch.Positive.BeginReverse(arena, users, padded)
        head.BeginReverse(batch, arena)
        head.Reverse(batch, Chunk(0, users))
        let ofItems = arena.TakeZeros(int64 (items * padded))
        head.ReverseItems(batch, 0, batch.Slots.Count, ofItems)
        let gradient = gradientOf layout drawn [ head :> IGradientPieces<float> ] arena
        agrees "negative" value negative classCells (at batch.Negative.Adjoint classCells)
        agrees "positive" value positive classCells (at batch.Positive.Adjoint classCells)
        agrees "items" value encoded itemCells (at ofItems itemCells)
        parametersAgree layout drawn value block gradient

let private mixingSize mixing =
    match mixing with
    | ClassMixing.Scalar -> 1
    | ClassMixing.Diagonal -> width
    | _ -> width * width

[<Tests>]
let tests =
    testList
        "Class pieces"
        [
            for label in [ LabelKind.Click; LabelKind.Rating ] do
                for pooling in [ Pooling.Mean; Pooling.Sum ] do
                    poolingTest label pooling

            for mixing in Enum.GetValues<ClassMixing>() do
                headTest
                    $"LWA, {mixing}"
                    (fun layout -> LinearHead<float>(mixing, width, layout, arithmetic) :> ClassHead<float>)
                    [ "mix.negative", mixingSize mixing; "mix.positive", mixingSize mixing; "bias", 1 ]

            headTest
                "NLBA"
                (fun layout -> BiasHead<float>(width, 6, layout, arithmetic) :> ClassHead<float>)
                [
                    for matrix in [ "weight"; "negative"; "positive" ] do
                        $"hidden.{matrix}", width * 6

                    "hidden.bias", 6
                    "output.weight", 6
                    "output.negative", width
                    "output.positive", width
                    "output.bias", 1
                ]
        ]
