/// Tables of methods on test sets along the axis of a shift.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ShiftTables

open System.Globalization
open RobustMeta.Evaluation
open RobustMeta.Experiments

/// The axis of a shift in print: Greek letters by their sign.
let axisLabel (axis: string) = if axis = "beta" then "β" else axis

/// A test set by its place on the axis of the shift: `β = 1`, `β = −1`.
let testSet (axis: string) (coordinate: float) =
    let sign = if coordinate < 0.0 then "−" else ""
    $"{axisLabel axis} = {sign}{(abs coordinate).ToString CultureInfo.InvariantCulture}"

let private place (comparison: Comparison) set = testSet comparison.Axis (comparison.Coordinate set)

/// What the intervals of means are. Where seeds are pooled, a user counts once for each seed that tests the user.
let uncertainty (comparison: Comparison) : Uncertainty =
    {
        Meaning = "95 % Student interval"
        Over =
            if comparison.BySeed.Count = 1 then
                "users"
            else
                $"users ({comparison.BySeed.Count} seeds pooled: a user counts once for each seed that tests the user)"
    }

/// One metric: a row per method, a column per test set.
let methods (metric: string) (comparison: Comparison) : Table =
    let means = comparison.Means() |> Seq.filter (fun m -> m.Metric = metric) |> List.ofSeq
    let sets = means |> List.map _.TestSet |> List.distinct |> List.sort
    let names = means |> List.map _.Method |> List.distinct

    let cell name set =
        match means |> List.tryFind (fun m -> m.Method = name && m.TestSet = set) with
        | Some mean -> Cell.estimate mean.Interval
        | None -> Cell.missing

    Table.make
        metric
        ""
        (Column.words metric :: [ for set in sets -> Column.plusMinus 4 (place comparison set) ])
        [ for name in names -> Cell.text name :: [ for set in sets -> cell name set ] ]
    |> Table.withUncertainty (uncertainty comparison).Meaning (uncertainty comparison).Over

/// Why the interval of a difference and its p may contradict each other; the guide and the README of `new` say it alike.
[<Literal>]
let IntervalAndP =
    "The interval is about the mean and is not corrected for several test sets; p is about ranks and is corrected: they can disagree."

/// Paired differences of one method to another: a row per test set, for the users that `keep` accepts and `who` names.
let differences
    (metric: string)
    (name: string)
    (reference: string)
    (who: string)
    keep
    (comparison: Comparison)
    : Table =
    let found = comparison.Differences(metric, name, reference, System.Func<string, bool> keep)

    let seeds =
        if comparison.BySeed.Count = 1 then
            ""
        else
            $"; a user whom several of the {comparison.BySeed.Count} seeds test is one user with a mean difference"

    Table.make
        $"{metric} {name} {reference} {who}"
        ""
        [
            Column.words $"{metric}: {name} − {reference}, {who}"
            Column.whole "users"
            Column.range 4 "difference"
            Column.signed 2 "d_z"
            Column.probability "p"
        ]
        [
            for d in found ->
                [
                    Cell.text (place comparison d.TestSet)
                    Cell.count d.Comparison.Users
                    Cell.estimate d.Interval
                    Cell.number d.Comparison.CohenDz
                    Cell.pValue d.Corrected
                ]
        ]
    |> Table.withUncertainty $"95 %% bootstrap interval ({StratifiedBootstrap.Resamples} draws of users)" "users"
    |> Table.withNotes
        [
            $"p: Wilcoxon signed-rank test over users, Holm-corrected over {found.Count} test sets{seeds}."
            IntervalAndP
            "d_z: mean difference over its standard deviation (Cohen)."
        ]

/// Means of all metrics as CSV text: a row per method, test set and metric.
let meansCsv (comparison: Comparison) : string =
    RobustMeta.Runtime.CsvText.Table(
        [ "method"; "testset"; comparison.Axis; "metric"; "mean"; "low"; "high"; "users" ],
        [
            for m in comparison.Means() ->
                Seq.ofList<obj>
                    [
                        m.Method
                        m.TestSet
                        comparison.Coordinate m.TestSet
                        m.Metric
                        m.Interval.Mean
                        m.Interval.Low
                        m.Interval.High
                        m.Interval.Count
                    ]
        ]
    )
