/// Pieces of the library that scripts use alone, given what they cannot take: an error that names the argument, never a null
/// reference.
module RobustMeta.Tests.Serving.MisuseTests

open System
open System.Collections.Generic
open Expecto
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Robustness
open RobustMeta.Robustness.Sets
open RobustMeta.Serving
open RobustMeta.Shift
open RobustMeta.Tasks

let private none<'value when 'value: null> : 'value = Unchecked.defaultof<'value>
let private numbers: IReadOnlyList<float> = Unchecked.defaultof<_>
let private set = AmbiguitySet.Parse "kl 0.1"
let private method = MetaMethodSpec(MeLUSpec())
let private ratings = lazy Ratings.Of("x", Seq.singleton (struct ("u", "i", 1f)))
let private column = ParquetColumn<int>.Integer("a", int64)

/// What is called, the argument that the error names, and the call.
let private misuses: (string * string * (unit -> obj)) list =
    [
        "RankedQuery without scores", "scores", (fun () -> RankedQuery.Of(none, [| 1f |]))
        "RankedQuery without labels", "labels", (fun () -> RankedQuery.Of([| 1f |], none))
        "RankedQuery of other lengths", "labels", (fun () -> RankedQuery.Of([| 1f |], [| 1f; 0f |]))
        "RankedQuery with a label NaN", "labels", (fun () -> RankedQuery.Of([| 1f; 2f |], [| nanf; 1f |]))
        "RankedQuery with a threshold NaN", "threshold", (fun () -> RankedQuery.Of([| 1f |], [| 1f |], nan))
        "Metric.Parse", "name", (fun () -> Metric.Parse none)
        "Metric.Evaluate", "query", (fun () -> box ((Metric.Parse "AUC").Evaluate none))
        "Ratings without a name", "name", (fun () -> Ratings.Of(none, Seq.singleton (struct ("u", "i", 1f))))
        "Ratings without rows", "rows", (fun () -> Ratings.Of("x", (none: seq<struct (string * string * float32)>)))
        "Ratings with a rating NaN", "rows", (fun () -> Ratings.Of("x", Seq.singleton (struct ("u", "i", nanf))))
        "TaskSplit", "ratings", (fun () -> TaskSplit.Of(none, TaskSplitSpec(), 1L))
        "TaskSource", "ratings", (fun () -> TaskSource(none, LabelKind.Click, 4.0))
        "TaskSource with a threshold NaN", "threshold", (fun () -> TaskSource(ratings.Value, LabelKind.Click, nan))
        "TaskSource with an infinite threshold",
        "threshold",
        (fun () -> TaskSource(ratings.Value, LabelKind.Rating, Double.NegativeInfinity))
        "BinaryRelevance with an infinite threshold", "threshold", (fun () -> BinaryRelevance Double.PositiveInfinity)
        "ShiftInput", "Source", (fun () -> ShiftInput(none, none, 3, 1L))
        "AmbiguitySet.Parse", "text", (fun () -> AmbiguitySet.Parse none)
        "Significance.SignFlip", "differences", (fun () -> box (Significance.SignFlip numbers))
        "Significance.Wilcoxon", "differences", (fun () -> box (Significance.Wilcoxon numbers))
        "Significance.StudentInterval", "values", (fun () -> Significance.StudentInterval numbers)
        "Significance.StudentInterval at level 2",
        "level",
        (fun () -> Significance.StudentInterval([| 1.0; 2.0 |], 2.0))
        "Significance.StudentInterval at level NaN",
        "level",
        (fun () -> Significance.StudentInterval([| 1.0; 2.0 |], nan))
        "Significance.Holm", "pValues", (fun () -> Significance.Holm numbers)
        "Significance.BenjaminiHochberg", "pValues", (fun () -> Significance.BenjaminiHochberg numbers)
        "RankComparison", "values", (fun () -> RankComparison.Of(none, true))
        "RankComparison with a row that is null", "values", (fun () -> RankComparison.Of([| numbers |], true))
        "RankComparison at level 5", "alpha", (fun () -> RankComparison.Of([| [| 1.0; 2.0 |] |], true, 5.0))
        "WorstCase", "values", (fun () -> WorstCase.Of(numbers, true, set))
        "WorstCase without a set", "set", (fun () -> WorstCase.Of([| 1.0 |], true, none))
        "Experiment without data", "dataset", (fun () -> Experiment((none: string), method))
        "Experiment with a method that is null", "methods", (fun () -> Experiment("synthetic", (none: MethodSpec)))
        "MetaMethodSpec", "model", (fun () -> MetaMethodSpec none)
        "MetaMethodSpec.Robust", "set", (fun () -> method.Robust((none: AmbiguitySet), WeightLevels.User))
        "ParquetFile without rows", "rows", (fun () -> box (ParquetFile.Write("x", (none: seq<int>), [| column |])))
        "ParquetFile without a path", "path", (fun () -> box (ParquetFile.Write(none, [ 1 ], [| column |])))
        "ParquetColumn", "value", (fun () -> ParquetColumn<int>.Text("a", none))
        "DatasetCatalog.Load", "name", (fun () -> DatasetCatalog.Default.Load none)
        "FileCheck", "path", (fun () -> FileCheck.Of none)
    ]

[<Tests>]
let tests =
    testList
        "Misuse"
        [
            for what, parameter, call in misuses do
                testCase $"{what}: the error names {parameter}"
                <| fun () ->
                    match Expect.throwsC (fun () -> call () |> ignore) id with
                    | :? ArgumentException as error -> Expect.equal error.ParamName parameter error.Message
                    | other -> failtest $"expected an ArgumentException, found {other}"
        ]
