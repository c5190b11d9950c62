/// Gradients of parts of a batch from one pass of the perceptron core, against passes of each part alone.
module RobustMeta.Tests.Engine.FusedPartTests

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open RobustMeta.Runtime.Vectors
open RobustMeta.Engine
open RobustMeta.Engine.Fused.Perceptron
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.FusedCase
open RobustMeta.Tests.Properties
open RobustMeta.Tests.FusedForm

let private coreOf (f: Form) (model: MetaRecommender) (case: Case) =
    let arrays, gradients = arraysOf case

    new FusedPerceptron<float>(
        (box model :?> IHasForm<PerceptronForm>).Form,
        model.Label,
        arrays,
        f.Threads,
        Arithmetic<float>.Of f.Bits,
        Nullable f.Dual,
        f.EntitiesPerToken
    ),
    gradients

/// Ends of parts of random lengths, and a factor for each.
let private partition (random: Random) count =
    let ends = [| yield! Seq.filter (fun _ -> random.Next 2 = 0) [ 1 .. count - 1 ]; count |]
    ends, [| for _ in ends -> random.NextDouble() - 0.3 |]

/// The weights of plain training.
let private meanOf (batch: TaskBatch) =
    [|
        for b in 0 .. batch.Count - 1 do
            yield! Array.create (batch.QueryLength b) (1.0 / float (batch.Count * batch.QueryLength b))
    |]

/// Losses and gradients of each part alone.
let private alone f model case (batch: TaskBatch) (ends: int[]) =
    let core, gradients = coreOf f model case
    use core = core

    [|
        for first, last in Array.pairwise (Array.append [| 0 |] ends) do
            let part = batch.Part(ReadOnlySpan [| first .. last - 1 |])
            let losses = core.Forward(part, ReadOnlySpan [||]).ToArray()
            core.Backward(ReadOnlySpan(meanOf part), ReadOnlySpan(Array.zeroCreate part.Count))
            losses, Map.map (fun _ (g: AlignedNumbers<float>) -> g.ToArray()) gradients
    |]

let private dot (a: Map<string, float[]>) (b: Map<string, float[]>) =
    Map.fold (fun sum name x -> sum + Array.sum (Array.map2 (*) x b[name])) 0.0 a

let private isSumOfParts (f: Form) =
    let model = modelOf f
    let case, batch, _ = objectiveOf f model
    let core, gradients = coreOf f model case
    use core = core
    Expect.isTrue core.TakesParts "of these forms"
    let random = Seeds.Generator(f.Seed, "parts")
    // Twice, over other parts: the second pass must not see anything of the first.
    for _ in 1..2 do
        let ends, factors = partition random batch.Count
        let parts = alone f model case batch ends
        let losses = core.ForwardParts(batch, ReadOnlySpan ends).ToArray()
        near "losses" 1e-9 (parts |> Array.collect fst) losses
        let products = core.PartProducts()
        let scale = parts |> Array.map (fun (_, g) -> dot g g) |> Array.max |> max 1e-12

        for i in 0 .. ends.Length - 1 do
            for j in 0 .. ends.Length - 1 do
                let expected = dot (snd parts[i]) (snd parts[j])
                Expect.isLessThan (abs (products[i, j] - expected)) (1e-9 * scale) $"product {i}, {j}"

        core.BackwardParts(ReadOnlySpan factors)

        let sum =
            case.Values
            |> Map.map (fun name values ->
                Array.init values.Length (fun k ->
                    Seq.fold2 (fun sum (_, g: Map<string, float[]>) c -> sum + c * g[name][k]) 0.0 parts factors))

        // Parts that cancel leave rounding of their own size.
        let size = parts |> Seq.collect (fun (_, g) -> Seq.collect id g.Values) |> Seq.map abs |> Seq.max

        for KeyValue(name, gradient) in sum do
            let furthest = Seq.map2 (fun x y -> abs (x - y)) gradient gradients[name] |> Seq.append [ 0.0 ] |> Seq.max
            Expect.isLessThan furthest (1e-9 * max size 1e-6) $"gradient of {name}"

let private onThreads threads (f: Form) =
    let model = modelOf f
    let _, batch, _ = objectiveOf f model
    let parameters = model.CreateParameters f.Seed
    use engine = new FusedEngine(model, parameters, threads)
    let parted = engine :> IPartEngine
    let ends, factors = partition (Seeds.Generator(f.Seed, "threads")) batch.Count
    let losses = parted.ForwardParts(batch, ReadOnlySpan ends, model.Phases[0]).ToArray()
    let products = parted.PartProducts() |> Seq.cast<float> |> Array.ofSeq
    parted.BackwardParts(ReadOnlySpan(Array.map float32 factors))

    // What is not named is zero.
    for p in parameters.All do
        if p.TouchedRows.HasValue then
            let touched = set (p.TouchedRows.Value.ToArray())

            for k in 0 .. p.Size - 1 do
                if p.Gradient[k] <> 0f then
                    Expect.isTrue (touched.Contains(k / p.RowWidth)) $"{p.Name}: row {k / p.RowWidth}"

    Expect.exists parameters.All (fun p -> p.TouchedRows.HasValue && p.TouchedRows.Value.Length > 0) "some tables"
    losses, products, [ for p in parameters.All -> p.Name, p.Gradient.ToArray() ]

[<Tests>]
let tests =
    testList
        "Fused parts"
        [
            propertyOf 300 "gradients of parts, their products and sums are those of each part alone"
            <| Prop.forAll (Arb.fromGen form) (fun f ->
                isSumOfParts
                    { f with Context = 0; Rates = false; Joint = false; Exposed = Not; SupportWeights = false })

            propertyOf 100 "forms whose gradient is not a sum over parts, or has more to it than rows, are left out"
            <| Prop.forAll (Arb.fromGen form) (fun f ->
                let model = modelOf f
                let core, _ = coreOf f model (caseOf f.Seed model)
                use core = core
                core.TakesParts = (not f.Joint && not f.Rates && f.Context = 0 && f.Exposed = Not))

            for name, f in
                [
                    "dual", fixedForm
                    "own weights", { fixedForm with Dual = false; Steps = 3 }
                    "first order", { fixedForm with Order = MetaGradientOrder.First }
                ] do
                testCase
                    $"{name}: the same bytes with any number of threads; rows that may be other than zero are named"
                <| fun () ->
                    let one = onThreads 1 f

                    for threads in [ 2; 3 ] do
                        Expect.equal (onThreads threads f) one $"{threads} threads"

            testCase "BackwardParts needs the products of its batch"
            <| fun () ->
                let model = modelOf fixedForm
                let case, batch, _ = objectiveOf fixedForm model
                let core, _ = coreOf fixedForm model case
                use core = core
                core.Forward(batch, ReadOnlySpan [||]).Length |> ignore
                Expect.throwsT<InvalidOperationException> (fun () -> core.BackwardParts(ReadOnlySpan [| 1.0 |])) "none"
        ]
