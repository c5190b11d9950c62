/// What the tests of all fused cores do: a pass in double precision against automatic differentiation, and passes of the engine in
/// single precision, compared over threads and widths of vectors.
module RobustMeta.Tests.FusedCase

open System
open Expecto
open RobustMeta.Runtime.Vectors
open RobustMeta.Engine
open RobustMeta.Engine.Fused
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.TinyWorld

let flat (rows: float list list) = rows |> List.concat |> Array.ofList

let supportOf (weights: Weights) = weights.Support |> Option.map flat |> Option.defaultValue [||]

/// A weight around one.
let aroundOne (random: Random) = 0.2 + random.NextDouble()

/// A model near its initial values, and tasks of these lengths of support and query with random weights. `supportWeight` draws that of
/// a support interaction by its place; None: uniform.
let objectiveOf
    (seed: int64)
    (label: LabelKind)
    (lengths: (int * int) list)
    (supportWeight: (Random -> int -> float) option)
    (isOnOffset: bool)
    (model: MetaRecommender)
    =
    let tasks = tasks label seed lengths
    let random = Seeds.Generator(seed, "weights")
    let draw _ = aroundOne random

    let weights: Weights =
        {
            Support =
                supportWeight
                |> Option.map (fun weight ->
                    tasks |> List.map (fun task -> task.Support |> List.mapi (fun place _ -> weight random place)))
            Query = tasks |> List.map (fun task -> task.Query |> List.map draw)
            User = tasks |> List.map draw
        }

    let batch = batch tasks
    caseOf seed model, (if isOnOffset then withOffsets label tasks batch else batch), weights

/// How a model takes which items a support has: not at all, all of them, or those of positives.
type Exposed =
    | Not
    | ByAll
    | ByPositives

/// Inputs of a model, with which items the support has.
let inputsOf exposed itemFields userFields =
    InputSchema(
        itemFields,
        userFields,
        schema.EmbeddingDim,
        UserIdentity = schema.UserIdentity,
        HasDrawnNegatives = (exposed = ByPositives),
        Exposure = (if exposed = Not then null else ExposureInput(items, 3))
    )

/// A test of each of some forms.
let onForms (forms: (string * 'form) list) (name: string) (test: 'form -> unit) =
    testList
        name
        [
            for what, form in forms do
                testCase what (fun () -> test form)
        ]

let private doubles (values: float32[]) = Array.map float values

/// Scores, losses, gradients and the gradient of the support weights, of a core in double precision.
let internal inDouble
    (create: ParameterArrays<float> -> IFusedCore<float>)
    (case: Case)
    (batch: TaskBatch)
    (weights: Weights)
    =
    let values = case.Values |> Map.map (fun _ v -> AlignedNumbers<float>(ReadOnlySpan v))
    let gradients = case.Values |> Map.map (fun _ v -> AlignedNumbers<float>(int64 v.Length))
    use core = create (ParameterArrays<float>((fun name -> values[name]), (fun name -> gradients[name])))
    let predicted = core.Predict batch
    let mutable losses = [||]
    // Twice: the second pass must not see anything of the first.
    for _ in 1..2 do
        losses <- core.Forward(batch, ReadOnlySpan(supportOf weights)).ToArray()
        core.Backward(ReadOnlySpan(flat weights.Query), ReadOnlySpan(Array.ofList weights.User))

    predicted, losses, gradients |> Map.map (fun _ g -> g.ToArray()), core.SupportGradient.ToArray()

/// The oracle's derivatives by the support weights, which it pads to the longest support, for these lengths of support and query.
let raggedSupport (lengths: (int * int) list) (padded: float[]) =
    let longest = lengths |> List.map fst |> List.max
    lengths |> List.mapi (fun u (s, _) -> Array.sub padded (u * longest) s) |> Array.concat

/// The same of a model that weighs a support by the weights' fractions of their sum: the weight of an only interaction cannot matter,
/// and the oracle leaves there what rounding leaves of large numbers that cancel.
let raggedFractions (lengths: (int * int) list) (padded: float[]) =
    let isOnly = [| for s, _ in lengths -> s = 1 |]

    let owner =
        [|
            for u, (s, _) in List.indexed lengths do
                yield! Array.replicate s u
        |]

    raggedSupport lengths padded |> Array.mapi (fun i x -> if isOnly[owner[i]] then 0.0 else x)

let private trainsBy
    (ragged: (int * int) list -> float[] -> float[])
    (phase: TrainingPhase)
    (lengths: (int * int) list)
    (case: Case)
    (batch: TaskBatch)
    (weights: Weights)
    result
    =
    let expected = wholeObjective case phase weights batch
    let _, losses, (gradients: Map<string, float[]>), support = result
    near "losses" 1e-9 expected.Losses losses
    nearGradients "gradients" 1e-9 expected.Gradients gradients

    for KeyValue(name, gradient) in gradients do
        if not (expected.Gradients.ContainsKey name) then
            Expect.all gradient ((=) 0.0) $"{name} is not learned"

    if weights.Support.IsSome then
        near "support weights" 1e-9 (ragged lengths expected.Support) support

/// Losses and gradients that `inDouble` gave in a phase of training, against automatic differentiation; what the phase does not
/// learn has none. Lengths are those of support and query of each user.
let trainsAsAutograd phase = trainsBy raggedSupport phase

let private scoresAlike case batch result =
    let predicted, _, _, _ = result
    near "scores" 1e-9 (Array.concat (scores case batch)) predicted

/// What `inDouble` gave of a model that is trained in one phase, against automatic differentiation.
let equalsAutograd (lengths: (int * int) list) (case: Case) (batch: TaskBatch) (weights: Weights) result =
    scoresAlike case batch result
    trainsAsAutograd TrainingPhase.Main lengths case batch weights result

/// The same of a model that weighs a support by fractions.
let equalsAutogradByFractions (lengths: (int * int) list) (case: Case) (batch: TaskBatch) (weights: Weights) result =
    scoresAlike case batch result
    trainsBy raggedFractions TrainingPhase.Main lengths case batch weights result

/// Losses, gradients, the gradient of the support weights and scores of the engine in single precision, in a phase of training (null:
/// the last).
let inPhase
    (phase: TrainingPhase)
    (seed: int64)
    (model: MetaRecommender)
    (batch: TaskBatch)
    (weights: Weights)
    (threads: int)
    (bits: int)
    =
    let parameters = model.CreateParameters seed

    for parameter in parameters.All |> Seq.filter (fun p -> isOfExposure p.Name) do
        let drawn = valuesOfExposure (Seeds.Generator(seed, parameter.Name)) parameter
        (Array.map float32 drawn).CopyTo(parameter.Values.AsSpan())

    use engine = new FusedEngine(model, parameters, threads, bits)
    let support = supportOf weights |> Array.map float32
    let losses = engine.Forward(batch, ReadOnlySpan support, phase).ToArray()

    engine.Backward(
        ReadOnlySpan(flat weights.Query |> Array.map float32),
        ReadOnlySpan(weights.User |> List.map float32 |> Array.ofList)
    )

    let gradients = parameters.All |> Seq.map (fun p -> p.Name, p.Gradient.ToArray()) |> Map.ofSeq
    losses, gradients, engine.SupportGradient.ToArray(), engine.Predict batch

/// The same in the last phase.
let inSingle (seed: int64) (model: MetaRecommender) = inPhase null seed model

/// The bytes do not depend on the number of threads, nor on what was computed before.
let sameBytesOnAllThreads single =
    let one = single 1 0

    for threads in [ 2; 3; 2 ] do
        Expect.equal (single threads 0) one $"{threads} threads"

/// All widths of vectors agree to single precision.
let closeAtAllWidths single =
    let losses, gradients, support, scores = single 1 0

    for bits in [ 128; 256; 512 ] do
        let l, g, s, p = single 2 bits
        near "losses" 1e-4 (doubles losses) (doubles l)
        near "support" 1e-3 (doubles support) (doubles s)
        near "scores" 1e-4 (doubles scores) (doubles p)
        nearGradients "gradients" 1e-4 (Map.map (fun _ v -> doubles v) gradients) (Map.map (fun _ v -> doubles v) g)

/// Each user has the same bits alone as with others: sums must not depend on who else is in the batch.
let aloneAsTogether (model: MetaRecommender) (seed: int64) (threads: int) (bits: int) (all: Task list) =
    use engine = new FusedEngine(model, model.CreateParameters seed, threads, bits)
    let together = engine.Predict(batch all)
    let alone = all |> List.map (fun task -> engine.Predict(batch [ task ])) |> Array.concat
    // Numbers are not compared as such: steps that diverge end in NaN, which equals nothing.
    let bits = Array.map BitConverter.SingleToInt32Bits
    Expect.equal (bits alone) (bits together) "scores, bit for bit"
