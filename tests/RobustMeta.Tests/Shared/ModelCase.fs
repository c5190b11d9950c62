/// Any model at given parameters, in double precision: its scores, its objective and the objective's gradients.
module RobustMeta.Tests.ModelCase

open System
open System.Collections.Generic
open System.Collections.Immutable
open Expecto
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open TorchSharp

type Case = { Model: MetaRecommender; Values: Map<string, float[]> }

/// Weights of support interactions (None: uniform), query interactions and users.
type Weights = { Support: float list list option; Query: float list list; User: float list }

/// Whether a parameter says what the choice of the support items is worth: state that a start computes.
let isOfExposure (name: string) = name.StartsWith "exposure."

/// Random values of a parameter that says what exposure is worth; correlations are those of some precision matrix, without its diagonal.
let valuesOfExposure (random: Random) (p: Parameter) =
    let drawn = Array.init p.Size (fun _ -> random.NextGaussian())

    if p.Name <> "exposure.correlation" then
        drawn
    else
        let order = p.RowWidth

        Array.init drawn.Length (fun i ->
            let row, column = i / order, i % order
            let both = drawn[row * order + column] + drawn[column * order + row]
            // Smaller than one over the order, which keeps the matrix positive definite.
            if row = column then 0.0 else tanh both / float order)

/// A model near its initial values, none of which is exactly zero.
let caseOf (seed: int64) (model: MetaRecommender) =
    let values (p: Parameter) =
        let random = Seeds.Generator(seed, "case", p.Name)

        if isOfExposure p.Name then
            valuesOfExposure random p
        elif p.IsState then
            Array.map float (p.Values.ToArray())
        else
            p.Values.ToArray() |> Array.map (fun x -> float x + 0.1 * random.NextGaussian())

    {
        Model = model
        Values = model.CreateParameters(seed).All |> Seq.map (fun p -> p.Name, values p) |> Map.ofSeq
    }

/// Bias offsets that differ by user and item, around zero (clicks) or three (ratings).
let withOffsets (label: LabelKind) (tasks: Task list) (batch: TaskBatch) =
    let score user item = float32 ((if label = LabelKind.Click then 0.0 else 3.0) + 0.3 * sin (float (7 * user + item)))

    let side select =
        ImmutableArray.CreateRange(tasks |> Seq.collect (fun t -> select t |> Seq.map (fst >> score t.User)))

    batch.WithOffsets(side _.Support, side _.Query)

let private padded (length: int) (rows: float list list) =
    torch
        .tensor(
            [|
                for row in rows do
                    yield! row
                    yield! List.replicate (length - row.Length) 0.0
            |]
        )
        .reshape(int64 rows.Length, int64 length)

// An empty tensor (a network of no inputs has one) cannot be copied.
let values (t: torch.Tensor) =
    if t.numel () = 0L then
        [||]
    else
        t.detach().contiguous().data<float>().ToArray()

let private theta case (phase: TrainingPhase option) =
    let parameters = case.Model.CreateParameters(0L)

    Dictionary(
        parameters.All
        |> Seq.map (fun p ->
            let shape = p.Shape |> Seq.map int64 |> Array.ofSeq
            let tensor = torch.tensor(case.Values[p.Name]).reshape(shape).clone()

            let learned =
                match phase with
                | Some phase -> phase.Learns p
                | None -> false

            KeyValuePair(p.Name, (if learned then tensor.requires_grad_ () else tensor)))
    )

let private supportWeights (tensors: TaskTensors) weights =
    weights.Support
    |> Option.map (fun rows ->
        let a: torch.Tensor = (padded tensors.Support.Length rows).requires_grad_()
        tensors.SupportWeights <- a
        a)

/// Scores of the query items by task, in evaluation.
let scoresWith (weights: float list list option) case (batch: TaskBatch) : float[][] =
    use scope = torch.NewDisposeScope()
    let tensors = TaskTensors.Of(batch, torch.ScalarType.Float64)
    supportWeights tensors { Support = weights; Query = []; User = [] } |> ignore
    let prediction = case.Model.Predict(theta case None, tensors, null)
    let all = values (prediction.Scores + tensors.Query.Offset)
    Array.init batch.Count (fun b -> Array.sub all (b * tensors.Query.Length) (batch.QueryLength b))

let scores case batch = scoresWith None case batch

/// Losses are those of the query interactions, without what the model adds to them.
type Outcome = { Value: float; Losses: float[]; Gradients: Map<string, float[]>; Support: float[] }

let private outcome isWhole case (phase: TrainingPhase) weights (batch: TaskBatch) : Outcome =
    use scope = torch.NewDisposeScope()
    let tensors = TaskTensors.Of(batch, torch.ScalarType.Float64)
    let support = supportWeights tensors weights
    let learned = theta case (Some phase)
    let p = case.Model.Predict(learned, tensors, phase)
    let query = padded tensors.Query.Length weights.Query
    let losses = Losses.Of(case.Model.Label, p.Scores + tensors.Query.Offset, tensors.Query.Labels)
    let own = if isNull p.QueryLoss then losses else losses + p.QueryLoss
    let mutable total = (own * query).sum()

    if not (isNull p.UserLoss) then
        total <- total + (p.UserLoss * torch.tensor (Array.ofList weights.User)).sum()

    if isWhole then
        let together = case.Model.Together(theta case None, p.Shared, phase)

        if not (isNull together.Loss) then
            total <- total + together.Loss

    if total.requires_grad then
        total.backward ()

    let gradient (t: torch.Tensor) = if isNull t.grad then Array.zeroCreate (int (t.numel ())) else values t.grad

    {
        Value = total.item<float>()
        Losses =
            let all = values losses

            Array.init batch.Count (fun b -> Array.sub all (b * tensors.Query.Length) (batch.QueryLength b))
            |> Array.concat
        Gradients =
            learned
            |> Seq.filter (fun p -> p.Value.requires_grad)
            |> Seq.map (fun p -> p.Key, gradient p.Value)
            |> Map.ofSeq
        Support = support |> Option.map gradient |> Option.defaultValue [||]
    }

/// The sum over users that an engine minimises, and its gradients with respect to what the phase learns; without the loss
/// of the batch as a whole.
let objective case phase weights batch = outcome false case phase weights batch

/// The same with the loss of the batch as a whole: all that an engine minimises.
let wholeObjective case phase weights batch = outcome true case phase weights batch

/// Losses, gradients, new state and gradient of support weights of a batch that is cut into parts, as the engine computes
/// them.
let cutInto (parts: int list list) threads case (phase: TrainingPhase) (weights: Weights) (batch: TaskBatch) =
    use scope = torch.NewDisposeScope()
    use pool = new WorkerPool(threads)
    let cut = ImmutableArray.CreateRange(parts |> Seq.map Array.ofList)
    use pass = new AutogradPass<float>(case.Model, phase, batch, cut, pool)
    let theta, constants = theta case (Some phase), theta case None
    let flat rows = rows |> List.concat |> List.map float32 |> Array.ofList
    let support = weights.Support |> Option.map flat |> Option.defaultValue [||]
    let losses = pass.Forward(theta, ReadOnlySpan support)
    let learned = theta |> Seq.filter (fun p -> p.Value.requires_grad) |> Array.ofSeq

    let struct (gradients, state, supportGradient) =
        pass.Backward(
            constants,
            [| for p in learned -> p.Value |],
            ReadOnlySpan(flat weights.Query),
            ReadOnlySpan(flat [ weights.User ])
        )

    let sum (p: KeyValuePair<string, torch.Tensor>) (parts: ImmutableArray<torch.Tensor>) : float[] =
        parts |> Seq.map values |> Seq.fold (Array.map2 (+)) (Array.zeroCreate (int (p.Value.numel ())))

    {|
        Losses = losses
        Gradients =
            Seq.map2 (fun (p: KeyValuePair<string, torch.Tensor>) g -> p.Key, sum p g) learned gradients |> Map.ofSeq
        State = state |> Seq.map (fun (p: KeyValuePair<string, torch.Tensor>) -> p.Key, values p.Value) |> Map.ofSeq
        SupportGradient = supportGradient
    |}

/// Scores in evaluation of a batch that is cut into parts.
let scoresOfCut (parts: int list list) threads case (batch: TaskBatch) =
    use scope = torch.NewDisposeScope()
    use pool = new WorkerPool(threads)
    let cut = ImmutableArray.CreateRange(parts |> Seq.map Array.ofList)
    AutogradPass<float>.Predict(case.Model, theta case None, batch, cut, pool)

/// Largest difference relative to the largest expected value (at least `floor`); infinity where a number is not finite.
let distance (floor: float) (expected: float[]) (actual: float[]) =
    if Array.forall System.Double.IsFinite expected && Array.forall System.Double.IsFinite actual then
        let scale = expected |> Array.fold (fun m x -> max m (abs x)) floor
        Array.fold2 (fun m e a -> max m (abs (e - a))) 0.0 expected actual / scale
    else
        infinity

let near what tolerance (expected: float[]) (actual: float[]) =
    Expect.equal actual.Length expected.Length $"{what}: length"
    Expect.isLessThan (distance 1e-3 expected actual) tolerance $"{what}: %A{expected} against %A{actual}"

/// Gradients agree, all parameters on one scale.
let nearGradients what tolerance (expected: Map<string, float[]>) (actual: Map<string, float[]>) =
    let scale = expected.Values |> Seq.collect id |> Seq.fold (fun m x -> max m (abs x)) 1e-6

    for KeyValue(name, gradient) in expected do
        Expect.isLessThan (distance scale gradient actual[name]) tolerance $"{what}: gradient of {name}"
