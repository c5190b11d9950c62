/// What per-user results come to: means with intervals, and paired differences between methods. Deedle frames in,
/// Deedle frames out.
module RobustMeta.Scripts.Summary

open System.Collections.Generic
open Deedle
open RobustMeta.Evaluation
open RobustMeta.Runtime

/// Mean over users of one metric of one method on one test set, with its 95 % Student interval.
type Cell = { Method: string; TestSet: int; Metric: string; Interval: Interval }

/// Mean difference between two methods over the users that both have, on one test set.
type Difference =
    {
        TestSet: int
        Metric: string
        /// Mean of method minus reference, with its 95 % bootstrap interval over users.
        Interval: Interval
        /// Two-sided Wilcoxon signed-rank p-value, Holm-corrected over the test sets.
        P: float
    }

/// Means per method, test set and metric, methods in order of first appearance.
let cells (rows: IReadOnlyList<UserResult>) : Cell list =
    [
        for (name, testSet, metric), group in rows |> Seq.groupBy (fun r -> r.Method, r.TestSet, r.Metric) ->
            {
                Method = name
                TestSet = testSet
                Metric = metric
                Interval = Significance.StudentInterval [| for r in group -> r.Value |]
            }
    ]

/// The cells as a frame: one row per method, test set and metric.
let cellFrame (axis: string) (coordinate: int -> float) (cells: Cell list) : Frame<int, string> =
    let column (select: Cell -> obj) = Series.ofValues [ for c in cells -> select c ]

    Frame.ofColumns
        [
            "method" => column (fun c -> c.Method)
            "testset" => column (fun c -> c.TestSet)
            axis => column (fun c -> coordinate c.TestSet)
            "metric" => column (fun c -> c.Metric)
            "mean" => column (fun c -> c.Interval.Mean)
            "low" => column (fun c -> c.Interval.Low)
            "high" => column (fun c -> c.Interval.High)
            "users" => column (fun c -> c.Interval.Count)
        ]

/// The cells as CSV text.
let csv (axis: string) (coordinate: int -> float) (cells: Cell list) : string =
    let frame = cellFrame axis coordinate cells
    CsvText.Table(frame.ColumnKeys, [ for row in frame.Rows.Values -> Seq.map snd (Series.observations row) ])

/// Paired differences of a method to a reference method, one per test set, for the users that `keep` accepts.
let differences
    (rows: IReadOnlyList<UserResult>)
    (name: string)
    (reference: string)
    (metric: string)
    (keep: string -> bool)
    =
    let values method =
        rows
        |> Seq.filter (fun r -> r.Method = method && r.Metric = metric && keep r.User)
        |> Seq.map (fun r -> (r.TestSet, r.User), r.Value)
        |> dict

    let own, other = values name, values reference

    let bySet =
        own.Keys
        |> Seq.filter other.ContainsKey
        |> Seq.groupBy fst
        |> Seq.sortBy fst
        |> Seq.map (fun (testSet, keys) -> testSet, [| for key in keys -> own[key] - other[key] |])
        |> Seq.toList

    let corrected = Significance.Holm [| for _, d in bySet -> Significance.Wilcoxon d |]

    [
        for i, (testSet, d) in List.indexed bySet ->
            {
                TestSet = testSet
                Metric = metric
                Interval = Significance.Bootstrap(d, int64 testSet)
                P = corrected[i]
            }
    ]
