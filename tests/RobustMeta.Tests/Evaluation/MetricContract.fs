/// What every metric must hold to, those of a user too: `MetricContract.test (MyMetric())` is a test list.
module RobustMeta.Tests.Evaluation.MetricContract

open System
open Expecto
open FsCheck
open RobustMeta.Evaluation
open RobustMeta.Runtime
open RobustMeta.Tasks

/// One user's candidates.
type Case = { Items: int[]; Scores: float32[]; Labels: float32[]; Threshold: float }

let private rank (case: Case) =
    RankedQuery.Of(
        3,
        ReadOnlySpan case.Items,
        ReadOnlySpan case.Scores,
        ReadOnlySpan case.Labels,
        BinaryRelevance case.Threshold,
        TieRule.SeededRandom,
        5L
    )

/// The value of a metric, None where it is undefined.
let value (metric: Metric) (case: Case) = metric.Evaluate(rank case) |> Option.ofNullable

/// Candidates with labels of the kind that the metric takes: clicks, or ratings from 1 to 5; scores tie now and then.
let case (metric: Metric) (seed: int) =
    let random = Seeds.Generator(int64 seed, "metric contract")
    let count = metric.Cutoff + 1 + random.Next 12
    let isRating = metric.ErrorOf = Nullable LabelKind.Rating
    let common = random.NextDouble()

    {
        Items = random.Permutation 100 |> Array.take count
        Scores = [| for _ in 1..count -> float32 (random.Next 7) / 2.0f |]
        Labels =
            [|
                for _ in 1..count ->
                    if isRating then float32 (1 + random.Next 5)
                    elif random.NextDouble() < common then 1.0f
                    else 0.0f
            |]
        Threshold = if isRating then 4.0 else 0.5
    }

let private permuted seed (case: Case) =
    let order = Seeds.Generator(int64 seed, "order").Permutation case.Items.Length
    let pick (values: 'a[]) = [| for i in order -> values[i] |]
    { case with Items = pick case.Items; Scores = pick case.Scores; Labels = pick case.Labels }

let private same (first: float option) (second: float option) =
    match first, second with
    | None, None -> true
    | Some x, Some y -> abs (x - y) <= 1e-9 * max 1.0 (abs x)
    | _ -> false

/// The rules, each with the seeds of cases that break it.
let private rules (metric: Metric) : (string * (int -> bool)) list =
    let isError = metric.NeedsLabels

    [
        "values are finite, and those of rankings lie in −∞ … 1",
        (fun seed ->
            match value metric (case metric seed) with
            | None -> true
            | Some x -> Double.IsFinite x && (if isError then x >= 0.0 else x <= 1.0 + 1e-12))

        "the order of the candidates in the list does not matter",
        (fun seed -> let case = case metric seed in same (value metric case) (value metric (permuted seed case)))

        "the same query has the same value again",
        (fun seed -> let case = case metric seed in value metric case = value metric case)

        "whether it is defined depends on the labels, not on the scores",
        (fun seed ->
            let case = case metric seed
            let other = { case with Scores = Array.rev case.Scores |> Array.map (fun s -> 1.0f - s) }
            (value metric case).IsSome = (value metric other).IsSome)

        (if isError then
             "scores that fit the labels better are worth more"
         else
             "the ranking alone counts: a growing function of the scores changes nothing"),
        (fun seed ->
            let case = case metric seed

            if not isError then
                let grown = { case with Scores = case.Scores |> Array.map (fun s -> 3.0f * s - 40.0f) }
                same (value metric case) (value metric grown)
            else
                // Clicks are estimated by logits: a large one of the right sign fits.
                let fit y = if case.Threshold < 1.0 then (if y > 0.5f then 20.0f else -20.0f) else y
                let perfect = { case with Scores = Array.map fit case.Labels }

                match value metric case, value metric perfect with
                | Some own, Some best -> metric.HigherIsBetter = (best > own) || abs (best - own) < 1e-12
                | _ -> true)

        "no ranking is better than the relevant candidates first",
        (fun seed ->
            let case = case metric seed
            let best = { case with Scores = case.Labels }

            match value metric case, value metric best with
            | Some own, Some best when not isError ->
                if metric.HigherIsBetter then best >= own - 1e-12 else best <= own + 1e-12
            | _ -> true)
    ]

/// Rules that a metric breaks: name, and the first seed of a case that does.
let violations (metric: Metric) : (string * int) list =
    [
        for name, holds in rules metric do
            match Seq.tryFind (holds >> not) (seq { 0..199 }) with
            | Some seed -> name, seed
            | None -> ()
    ]

/// The suite, at a few cut-offs.
let test (metric: Metric) =
    testList
        metric.Kind
        [
            for metric in
                (if metric.HasCutoff then
                     [ metric.At 1; metric.At 3; metric.At 10 ]
                 else
                     [ metric ]) do
                testCase $"{metric.Name} keeps the contract"
                <| fun () ->
                    match violations metric with
                    | [] -> ()
                    | broken ->
                        let lines = [ for rule, seed in broken -> $"\n  {rule} (not so in case {seed})" ]
                        failtest $"{metric.Name} breaks these rules of metrics:{String.concat String.Empty lines}"
        ]

/// The suite with an independent oracle: from relevance in the order of the ranking to the value (scores do not tie).
let agreesWith (oracle: int -> bool list -> float option) (metric: Metric) =
    testCase $"{metric.Name} is what the oracle says"
    <| fun () ->
        for seed in 0..199 do
            let case = case metric seed
            let distinct = { case with Scores = case.Scores |> Array.mapi (fun i s -> s + float32 i / 100.0f) }

            let relevant =
                Array.zip distinct.Scores distinct.Labels
                |> Array.sortByDescending fst
                |> Array.map (fun (_, y) -> float y >= case.Threshold)
                |> List.ofArray

            let expected, actual = oracle metric.Cutoff relevant, value metric distinct
            Expect.isTrue (same expected actual) $"seed {seed}: {expected} against {actual}"
