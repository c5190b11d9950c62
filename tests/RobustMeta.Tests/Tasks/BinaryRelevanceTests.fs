module RobustMeta.Tests.Tasks.BinaryRelevanceTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Models.Baselines
open RobustMeta.Tasks

/// One user who gave each value to an item of its own.
let private source (values: float32 list) label threshold =
    let count = values.Length

    TaskSource(
        Ratings(
            "scale",
            Vocabulary.Of [ "u" ],
            Vocabulary.Of(List.init (count + 20) (fun i -> $"i{i}")),
            ImmutableArray.CreateRange(List.replicate count 0),
            ImmutableArray.CreateRange [ 0 .. count - 1 ],
            ImmutableArray.CreateRange values,
            ImmutableArray.Empty,
            FeatureTable.Empty 1,
            FeatureTable.Empty(count + 20),
            ReadReport count
        ),
        label,
        threshold
    )

let private decimals = [ for i in -40 .. 100 -> Math.Round(float i / 10.0, 1) ]

[<Tests>]
let tests =
    testList
        "BinaryRelevance"
        [
            testCase "a rating reaches a threshold that is written like it"
            <| fun () ->
                for value in decimals do
                    let rating = float32 value
                    let source = source [ rating ] LabelKind.Click value
                    Expect.isTrue (source.IsRelevant 0) $"{value}"
                    Expect.equal (source.LabelOf 0) 1.0f $"{value} is a click"
                    Expect.isFalse (BinaryRelevance(value).Holds(MathF.BitDecrement rating)) $"just below {value}"

            testCase "the ranking of ratings decides alike"
            <| fun () ->
                for value in [ 3.3; 7.2 ] do
                    let labels = [| float32 value; 1.0f |]
                    let relevance = (source [ 1.0f ] LabelKind.Rating value).Relevance

                    let query =
                        RankedQuery.Of(
                            0,
                            ReadOnlySpan [| 0; 1 |],
                            ReadOnlySpan [| 2.0f; 1.0f |],
                            ReadOnlySpan labels,
                            relevance,
                            TieRule.ByItem,
                            0L
                        )

                    Expect.sequenceEqual query.Relevant [ true; false ] $"{value}"

            testCase "an unseen item is never relevant, whatever the threshold"
            <| fun () ->
                for threshold in [ -2.0; 0.0; 3.0; -3e38 ] do
                    Expect.isFalse (BinaryRelevance(threshold).Holds BinaryRelevance.Unlabelled) $"{threshold}"

            testCase "with a threshold of 0, a random ranking among unseen items is far from perfect"
            <| fun () ->
                // The query's two positives among twenty unseen items: at random, a tenth of the first ten.
                let source = source [ 1.0f; 2.0f; -1.0f; 0.0f ] LabelKind.Rating 0.0
                let task = UserTask(0, ImmutableArray.Create<int>(0, 1), ImmutableArray.Create<int>(2, 3))
                let metrics = ImmutableArray.Create(Metric.Parse "Precision@10")
                let evaluator = Evaluator(source, metrics, CandidateRule.Parse "sampled 20", 5L)

                let random =
                    { new IPredictor with
                        member _.Name = "random"
                        member _.ScoresAreLabels = false
                        member _.Predict batch = Array.zeroCreate batch.QueryItems.Length
                    }

                let row = evaluator.Evaluate(random, 0, ImmutableArray.Create task) |> Seq.exactlyOne
                Expect.isLessThanOrEqual row.Value 0.1 "one positive at most"
        ]
