/// MeLU written out in plain loops over one user at a time, in double precision and without a tensor library: the
/// oracle of every faster implementation. Slow on purpose.
module RobustMeta.Tests.NaiveMeLU

open RobustMeta.Models
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld

type Parameters = Map<string, float[]>

/// Weights [in, out] row-major and biases, layer by layer.
type Head = (float[] * float[]) list

let private embed (fields: InputField seq) side width (theta: Parameters) entity =
    [|
        for field in fields do
            match field with
            | :? TokenField as f ->
                let table = theta[$"{side}.{f.Name}"]
                let bag = f.Bag(entity).ToArray()

                for k in 0 .. width - 1 do
                    if bag.Length = 0 then
                        0.0
                    else
                        bag |> Array.averageBy (fun token -> table[token * width + k])
            | :? NumericField as f -> float f.Values[entity]
            | _ -> failwith "unknown field"
    |]

let private inputs (schema: InputSchema) theta user item =
    Array.append
        (embed schema.ItemFields "item" schema.EmbeddingDim theta item)
        (embed schema.UserFields "user" schema.EmbeddingDim theta user)

let private head (theta: Parameters) : Head =
    [
        for layer in 0..9 do
            match theta.TryFind $"head.{layer}.weight" with
            | Some weight -> weight, theta[$"head.{layer}.bias"]
            | None -> ()
    ]

let private dense (weight: float[], bias: float[]) (x: float[]) =
    Array.init bias.Length (fun o ->
        let mutable sum = bias[o]

        for i in 0 .. x.Length - 1 do
            sum <- sum + x[i] * weight[i * bias.Length + o]

        sum)

let private relu = Array.map (max 0.0)

let private score (head: Head) x =
    let last = head.Length - 1
    (head |> List.indexed |> List.fold (fun x (l, layer) -> dense layer x |> if l < last then relu else id) x)[0]

let private loss label s y = if label = LabelKind.Click then log (1.0 + exp s) - y * s else (s - y) ** 2.0

let private slope label s y = if label = LabelKind.Click then 1.0 / (1.0 + exp -s) - y else 2.0 * (s - y)

/// Gradient of the score times `upstream` with respect to the head, by the chain rule, layer by layer.
let private backward (head: Head) x upstream : Head =
    let last = head.Length - 1

    let activations =
        head |> List.indexed |> List.scan (fun x (l, layer) -> dense layer x |> if l < last then relu else id) x

    let rec go layer (delta: float[]) =
        if layer < 0 then
            []
        else
            let weight, _ = head[layer]
            let input = activations[layer]
            let own = Array.init weight.Length (fun k -> input[k / delta.Length] * delta[k % delta.Length]), delta

            let below =
                Array.init input.Length (fun i ->
                    if layer > 0 && input[i] <= 0.0 then
                        0.0
                    else
                        Seq.sum (seq { for o in 0 .. delta.Length - 1 -> weight[i * delta.Length + o] * delta[o] }))

            own :: go (layer - 1) below

    go last [| upstream |] |> List.rev

let private combine f (a: Head) (b: Head) : Head =
    List.map2 (fun (w, b) (w', b') -> Array.map2 f w w', Array.map2 f b b') a b

/// The adapted head of one user: steps on Σ a_j ℓ_j / Σ a_j.
let private adapt schema label steps localLr (theta: Parameters) (weights: float list) (task: Task) =
    let total = List.sum weights

    let rec go step (current: Head) =
        if step = steps then
            current
        else
            let gradient =
                List.map2
                    (fun (item, y) a ->
                        let x = inputs schema theta task.User item
                        backward current x (a / total * slope label (score current x) (float y)))
                    task.Support
                    weights
                |> List.reduce (combine (+))

            go (step + 1) (combine (fun w g -> w - localLr * g) current gradient)

    go 0 (head theta)

let private uniform (task: Task) = task.Support |> List.map (fun _ -> 1.0)

/// Query scores of one user after adaptation.
let scores schema label steps localLr theta (task: Task) =
    let adapted = adapt schema label steps localLr theta (uniform task) task
    [ for item, _ in task.Query -> score adapted (inputs schema theta task.User item) ]

/// The exact meta-objective Σ_i w_i ℓ_i: its finite differences are the second-order gradient.
let objective schema label steps localLr (supportWeights: float list list) (queryWeights: float list list) tasks theta =
    List.map3
        (fun (task: Task) a w ->
            let adapted = adapt schema label steps localLr theta a task

            List.map2
                (fun (item, y) w -> w * loss label (score adapted (inputs schema theta task.User item)) (float y))
                task.Query
                w
            |> List.sum)
        tasks
        supportWeights
        queryWeights
    |> List.sum

/// The meta-objective with every user's adaptation step held at its value for `centre`: its finite differences at
/// `centre` are the first-order gradient.
let frozenObjective schema label steps localLr (queryWeights: float list list) (tasks: Task list) (centre: Parameters) =
    let moves =
        tasks
        |> List.map (fun task ->
            combine (-) (adapt schema label steps localLr centre (uniform task) task) (head centre))

    fun (theta: Parameters) ->
        List.map3
            (fun (task: Task) move w ->
                let adapted = combine (+) (head theta) move

                List.map2
                    (fun (item, y) w -> w * loss label (score adapted (inputs schema theta task.User item)) (float y))
                    task.Query
                    w
                |> List.sum)
            tasks
            moves
            queryWeights
        |> List.sum

/// Central differences of a function of parameters, for every value of every parameter.
let differences (f: Parameters -> float) (theta: Parameters) : Map<string, float[]> =
    let h = 1e-6

    theta
    |> Map.map (fun name values ->
        Array.init values.Length (fun i ->
            let at x = f (theta.Add(name, Array.mapi (fun k v -> if k = i then x else v) values))
            (at (values[i] + h) - at (values[i] - h)) / (2.0 * h)))
