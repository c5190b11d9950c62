/// Adversaries over a tiny world, one step at a time: what the tests of reweighting share.
module internal RobustMeta.Tests.Robustness.ReweighterCase

open System
open System.Collections.Generic
open System.Collections.Immutable
open Expecto
open RobustMeta.Robustness
open RobustMeta.Robustness.References
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests

let lengths = [ 4, 6; 3, 1; 5, 9; 2, 4; 6, 3; 4, 5; 3, 7; 5, 2 ]
let train = TinyWorld.batch (TinyWorld.tasks LabelKind.Click 3L lengths)
let users = lengths.Length

/// The part of the training batch that some users make, in their order.
let sub (positions: int list) =
    let rows (starts: ImmutableArray<int>) = positions |> List.map (fun u -> starts[u], starts[u + 1])
    let starts pairs = List.scan (fun sum (a, b) -> sum + b - a) 0 pairs |> ImmutableArray.CreateRange

    let pick (values: ImmutableArray<'a>) pairs =
        ImmutableArray.CreateRange(
            seq {
                for a, b in pairs do
                    for i in a .. b - 1 -> values[i]
            }
        )

    let support, query = rows train.SupportStarts, rows train.QueryStarts

    TaskBatch(
        ImmutableArray.CreateRange positions,
        ImmutableArray.CreateRange positions,
        starts support,
        pick train.SupportItems support,
        pick train.SupportLabels support,
        starts query,
        pick train.QueryItems query,
        pick train.QueryLabels query
    )

let everyone = sub [ 0 .. users - 1 ]

let spec (settings: (string * string) list) =
    SettingList.With(ReweighterSpec(), settings |> List.map (fun (k, v) -> KeyValuePair(k, v)))

let adversaryWith (reference: Reference) (groups: int list) settings =
    Reweighter(spec settings, LabelKind.Click, train, TinyWorld.items, reference, ImmutableArray.CreateRange groups, 1L)

let adversary settings = adversaryWith (NoReference()) [] settings

let drawLosses (random: Random) (batch: TaskBatch) =
    Array.init batch.QueryItems.Length (fun _ -> float32 (-log(1.0 - random.NextDouble())))

let weigh (adversary: Reweighter) (batch: TaskBatch) (losses: float32[]) =
    let weights, ofUsers = Array.zeroCreate losses.Length, Array.zeroCreate batch.Count
    adversary.Weigh(batch, ReadOnlySpan losses, Span weights, Span ofUsers)
    weights, ofUsers

let step (adversary: Reweighter) batch losses =
    let weights = weigh adversary batch losses
    adversary.Ascend batch
    weights

let rows (batch: TaskBatch) (values: 'a[]) =
    [| for b in 0 .. batch.Count - 1 -> values[batch.QueryStarts[b] .. batch.QueryStarts[b + 1] - 1] |]

let plain (batch: TaskBatch) =
    [|
        for b in 0 .. batch.Count - 1 do
            for _ in 1 .. batch.QueryLength b -> float32 (1.0 / (float batch.Count * float (batch.QueryLength b)))
    |]

let areClose tolerance (actual: float[]) (expected: float[]) text =
    if not (Array.forall2 (fun a b -> abs (a - b) <= tolerance) actual expected) then
        failtest $"{text}: %A{actual} should be %A{expected}"

let best (set: string) (losses: float[]) =
    let weights = Array.zeroCreate losses.Length
    AmbiguitySet.Parse(set).BestResponse(ReadOnlySpan losses, Span weights)
    weights |> Array.map (fun w -> w / AmbiguitySet.Parse(set).UniformWeight losses.Length)

/// Euclidean projection onto the simplex of the given sum, by sorting.
let simplex total (v: float[]) =
    let sorted = Array.sortDescending v
    let sums = Array.scan (+) 0.0 sorted |> Array.tail
    let thresholds = Array.mapi (fun k sum -> (sum - total) / float (k + 1)) sums
    let threshold = Array.max thresholds
    v |> Array.map (fun x -> max (x - threshold) 0.0)

let mean2 (w: float[]) (x: float[]) = Array.map2 (*) w x |> Array.average

/// Three epochs of batches of three users, with fresh losses each.
let epochs (random: Random) visit =
    for _ in 1..3 do
        for positions in random.Permutation users |> Array.chunkBySize 3 do
            let batch = sub (List.ofArray positions)
            visit batch (drawLosses random batch)

let refused (words: string list) settings =
    let message =
        try
            adversary settings |> ignore
            failtest $"%A{settings} was accepted"
        with :? SettingException as error ->
            error.Message

    for word in words do
        Expect.stringContains message word "message"
