/// A handful of items, users and tasks with every kind of field: what model tests run on.
module RobustMeta.Tests.TinyWorld

open System
open System.Collections.Immutable
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks

let private iota n = ImmutableArray.CreateRange(seq { 0..n })

let single name vocabulary (tokens: int list) =
    TokenField(name, vocabulary, iota tokens.Length, ImmutableArray.CreateRange tokens)

let private bag name vocabulary (bags: int list list) =
    let starts = List.scan (fun start (b: int list) -> start + b.Length) 0 bags

    TokenField(name, vocabulary, ImmutableArray.CreateRange starts, ImmutableArray.CreateRange(List.concat bags))
    :> InputField

let private numeric name (values: float list) =
    NumericField(name, ImmutableArray.CreateRange(values |> List.map float32)) :> InputField

let items = 7
let users = 5

/// Items: an id, a bag (one of them empty, one with a repeated token), a number. Users: a token.
let schema =
    InputSchema(
        ImmutableArray.Create(
            single "id" 8 [ 1; 2; 3; 4; 5; 6; 7 ] :> InputField,
            bag "genre" 4 [ [ 1 ]; [ 1; 2 ]; []; [ 3; 3 ]; [ 2 ]; [ 1; 2; 3 ]; [ 3 ] ],
            numeric "year" [ -1.0; 0.5; 0.0; 1.5; -0.3; 0.7; 0.1 ]
        ),
        ImmutableArray.Create<InputField>(single "age" 3 [ 1; 2; 1; 2; 0 ]),
        3,
        UserIdentity = single "id" 5 [ 1; 2; 3; 4; 0 ]
    )

/// One task in plain lists: user, support (item, label), query (item, label).
type Task = { User: int; Support: (int * float32) list; Query: (int * float32) list }

let batch (tasks: Task list) =
    let side (select: Task -> (int * float32) list) =
        let starts = List.scan (fun start task -> start + (select task).Length) 0 tasks
        let all = List.collect select tasks

        ImmutableArray.CreateRange starts,
        ImmutableArray.CreateRange(List.map fst all),
        ImmutableArray.CreateRange(List.map snd all)

    let supportStarts, supportItems, supportLabels = side _.Support
    let queryStarts, queryItems, queryLabels = side _.Query

    TaskBatch(
        ImmutableArray.CreateRange(tasks |> List.map _.User),
        ImmutableArray.CreateRange(seq { 0 .. tasks.Length - 1 }),
        supportStarts,
        supportItems,
        supportLabels,
        queryStarts,
        queryItems,
        queryLabels
    )

/// Random tasks with supports and queries of the given lengths.
let tasks (label: LabelKind) (seed: int64) (lengths: (int * int) list) =
    let random = Seeds.Generator(seed, "tiny tasks")

    let draw _ =
        let value = if label = LabelKind.Click then random.Next 2 else 1 + random.Next 5
        random.Next items, float32 value

    lengths
    |> List.mapi (fun i (support, query) ->
        { User = i % users; Support = List.init support draw; Query = List.init query draw })

/// Parameters as lists of doubles, by name, a little larger than a model starts with so that no ReLU is always on.
let parameters (model: MetaRecommender) (seed: int64) : (string * int[] * float[]) list =
    [
        for shape in model.Shapes do
            let random = Seeds.Generator(seed, "tiny parameters", shape.Name)
            let size = Seq.fold (*) 1 shape.Shape
            shape.Name, Array.ofSeq shape.Shape, Array.init size (fun _ -> 0.5 * random.NextGaussian())
    ]
